package io.londiste.config;

/** The formats of a daemon's log. */
public enum LogFormat {
    /** One line per message, with the stack trace of an error in the lines after it. */
    TEXT,
    /** One JSON object per line. */
    JSON
}
