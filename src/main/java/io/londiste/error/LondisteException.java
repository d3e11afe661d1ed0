package io.londiste.error;

/** An error whose message is written for the operator: what is wrong, where, and what to do. */
public class LondisteException extends RuntimeException {
    public LondisteException(String message) {
        super(message);
    }

    public LondisteException(String message, Throwable cause) {
        super(message, cause);
    }
}
