package io.londiste.pgq;

import java.sql.SQLException;

/**
 * Says up to which tick a reader may go, for whoever has to see it stand still exactly there.
 *
 * <p>It is asked before each batch, after the queue's ticks were looked at: a limit that is told before its tick becomes
 * visible is never overrun. Called by the reader's thread.
 */
@FunctionalInterface
public interface TickLimit {
    /** A tick that never comes. */
    long NEVER = Long.MAX_VALUE;

    /** No limit at all. */
    TickLimit NONE = () -> NEVER;

    /** The tick, or {@link #NEVER}. */
    long lastTick() throws SQLException;
}
