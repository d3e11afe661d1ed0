package io.londiste.pgq;

/** A queue could not be read or written. The message names it; the cause, if any, has the server's message and SQLSTATE. */
public class PgqException extends RuntimeException {
    public PgqException(String message) {
        super(message);
    }

    public PgqException(String message, Throwable cause) {
        super(message, cause);
    }
}
