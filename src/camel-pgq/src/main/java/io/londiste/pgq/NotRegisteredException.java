package io.londiste.pgq;

/**
 * A consumer that asks for a batch is not registered on the queue: it never was, or it was unregistered. The queue keeps no
 * events for it.
 */
public class NotRegisteredException extends PgqException {
    public NotRegisteredException(String queue, String consumer, Throwable cause) {
        super("consumer " + consumer + " is not registered on queue " + queue, cause);
    }
}
