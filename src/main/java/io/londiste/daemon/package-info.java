/** Daemons: background, signals, pid files, logs, reload, standby. */
package io.londiste.daemon;
