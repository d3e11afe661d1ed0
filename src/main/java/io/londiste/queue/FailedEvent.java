package io.londiste.queue;

import java.time.Instant;

/**
 * An event that a consumer could not process, and that waits in the retry queue.
 *
 * @param consumer the consumer that gets it again; no other does
 * @param written when it was inserted into the queue
 * @param retries how often it was put into the retry queue
 * @param retryAt when it is put into the queue again; null if it is parked, that is, waits for a command
 * @param data null if it has none, as the type and the extra fields
 */
public record FailedEvent(
        String consumer,
        long event,
        Instant written,
        int retries,
        Instant retryAt,
        String type,
        String data,
        String extra1,
        String extra2,
        String extra3,
        String extra4) {}
