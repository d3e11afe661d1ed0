/** The web console of a daemon: its server, its users, and who may do what. */
package io.londiste.console;
