/** The command lines {@code londiste} and {@code pgqadm}, their daemons and their logs. */
package io.londiste.cli;
