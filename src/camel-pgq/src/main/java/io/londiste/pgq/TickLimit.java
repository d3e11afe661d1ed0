package io.londiste.pgq;

import java.sql.SQLException;

/**
 * Limits a consumer to the batches up to a tick, so that it can be paused exactly there.
 *
 * <p>{@link PgqClient#nextBatch} calls it after the snapshot in which the queue's ticks are read was taken: a limit that
 * is set before its tick becomes visible is never passed. A {@code pgq:} consumer calls it before it requests a batch, so
 * the route compares each batch with the limit, and refuses one that is too long by {@link PgqConstants#LAST_TICK_ID}.
 * Called by the consumer's thread.
 */
@FunctionalInterface
public interface TickLimit {
    /** A tick that is never reached. */
    long NEVER = Long.MAX_VALUE;

    /** No limit. */
    TickLimit NONE = () -> NEVER;

    /** The tick, or {@link #NEVER}. */
    long lastTick() throws SQLException;
}
