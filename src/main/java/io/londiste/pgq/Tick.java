package io.londiste.pgq;

import java.time.OffsetDateTime;

/**
 * A point in a queue: what was committed before it belongs to the batches up to it.
 *
 * @param id grows with time
 * @param time when the tick was made, by the server's clock
 * @param eventSeq about how many events the queue had seen; only good for estimates
 */
public record Tick(long id, OffsetDateTime time, long eventSeq) {}
