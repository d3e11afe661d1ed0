package io.londiste.pgq;

import java.time.OffsetDateTime;

/**
 * A point in a queue. Everything that was committed before it is in the batches up to it.
 *
 * @param id increases with time
 * @param time when the tick was created, by the server's clock
 * @param eventSeq approximate number of events that the queue had received; for estimates only
 */
public record Tick(long id, OffsetDateTime time, long eventSeq) {}
