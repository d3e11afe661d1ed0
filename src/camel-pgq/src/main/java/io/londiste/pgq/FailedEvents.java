package io.londiste.pgq;

import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves events that could not be processed to the retry queue, then to the dead letter queue, or parks them, as far as the
 * endpoint's options say so. The other events of their batch are processed.
 */
final class FailedEvents {
    private static final Logger LOG = LoggerFactory.getLogger(FailedEvents.class);

    private final PgqEndpoint endpoint;
    private final PgqClient client;

    FailedEvents(PgqEndpoint endpoint, PgqClient client) {
        this.endpoint = endpoint;
        this.client = client;
    }

    /** @throws PgqException if there is no queue for dead letters, although one is named */
    void check() throws SQLException {
        String dead = endpoint.getDeadLetterQueue();
        if (dead != null && !client.queueExists(dead)) {
            throw new PgqException("queue " + dead + ", the deadLetterQueue of a route from pgq:" + endpoint.getQueue()
                    + ", does not exist: create it with pgq.create_queue");
        }
    }

    /**
     * Returns false if nothing is to be done: the batch has failed then.
     *
     * @param cause null if it is not known
     */
    boolean move(Batch batch, Event event, Throwable cause) throws SQLException {
        int retries = event.retry() == null ? 0 : event.retry();
        if (retries < endpoint.getMaximumRetries()) {
            int seconds = (int) Math.min(Integer.MAX_VALUE, (endpoint.getRetryDelay() + 999) / 1000);
            retry(batch, event, seconds);
            LOG.warn(
                    "event {} of queue {}, type {}, could not be processed, and is retried after {} s ({} of {}): {}",
                    event.id(),
                    batch.queue(),
                    event.type(),
                    seconds,
                    retries + 1,
                    endpoint.getMaximumRetries(),
                    String.valueOf(cause));
            return true;
        }
        if (endpoint.isParkFailedEvents()) {
            client.park(batch.id(), event.id());
            LOG.warn(
                    "event {} of queue {}, type {}, could not be processed, and is parked until it is retried or discarded"
                            + " (pgqadm failed {}): {}",
                    event.id(),
                    batch.queue(),
                    event.type(),
                    batch.queue(),
                    String.valueOf(cause));
            return true;
        }
        if (endpoint.getDeadLetterQueue() == null) {
            return false;
        }
        long copy = client.insert(endpoint.getDeadLetterQueue(), List.of(event)).get(0);
        LOG.warn(
                "event {} of queue {}, type {}, could not be processed, and is now event {} of queue {}: {}",
                event.id(),
                batch.queue(),
                event.type(),
                copy,
                endpoint.getDeadLetterQueue(),
                String.valueOf(cause));
        return true;
    }

    /** Has the event delivered again in a later batch. */
    void retry(Batch batch, Event event, int seconds) throws SQLException {
        client.retry(batch.id(), event.id(), seconds);
    }
}
