/** The command lines {@code londiste} and {@code pgqadm}: commands, options, what they print. */
package io.londiste.cli;
