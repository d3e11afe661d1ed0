package io.londiste.pgq;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs changes of a server's clock. One that is set forward is noticed by comparing it with that of this machine. */
final class ServerClock {
    private static final Logger LOG = LoggerFactory.getLogger(ServerClock.class);

    /** Differences between clocks that are smaller do no harm. */
    private static final Duration TOLERANCE = Duration.ofSeconds(5);

    /** By how much the clock of the server was ahead when that was logged. */
    private Duration ahead = Duration.ZERO;

    void note(Batch batch) {
        if (batch.clockAhead().minus(ahead).compareTo(TOLERANCE) > 0) {
            ahead = batch.clockAhead();
            LOG.warn(
                    "The clock of the server with queue {} is at least {} s ahead of this machine's: it has been set forward, or one"
                            + " of them is wrong; lags may be shown too long or too short",
                    batch.queue(),
                    ahead.toMillis() / 1000.0);
        }
        if (!batch.clockSetBack().isZero()) {
            LOG.warn(
                    "The clock of the server with queue {} has been set back by at least {} s; lags that were shown before may"
                            + " have been too long",
                    batch.queue(),
                    batch.clockSetBack().toMillis() / 1000.0);
            ahead = Duration.ZERO;
        }
    }
}
