/** Man pages and shell completion, made from the commands and keys when the program is built. */
package io.londiste.manual;
