package io.londiste.pgq;

/**
 * A consumer is not registered on the queue from which it wants a batch: nobody has registered it, or it was unregistered.
 * The queue does not keep any events for it.
 */
public class NotRegisteredException extends PgqException {
    public NotRegisteredException(String queue, String consumer, Throwable cause) {
        super("consumer " + consumer + " is not registered on queue " + queue, cause);
    }
}
