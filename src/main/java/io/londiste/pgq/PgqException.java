package io.londiste.pgq;

/** The queue could not be read or written; the message names it, the cause has the server's word and SQLSTATE. */
public class PgqException extends RuntimeException {
    public PgqException(String message, Throwable cause) {
        super(message, cause);
    }
}
