/** Man pages, shell completion and reference pages, generated from the commands and keys when the program is built. */
package io.londiste.manual;
