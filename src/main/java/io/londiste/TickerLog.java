package io.londiste;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells now and then how much the ticker has ticked. Used by one thread. */
public final class TickerLog {
    private static final Logger LOG = LoggerFactory.getLogger(TickerLog.class);

    private final long everyNanos;
    private long since = System.nanoTime();
    private long ticks;

    public TickerLog(Duration every) {
        this.everyNanos = every.toNanos();
    }

    /** So many queues were ticked at a stroke. */
    public void ticked(long queues) {
        ticks += queues;
        if (System.nanoTime() - since >= everyNanos) {
            LOG.info("{ticks: {}}", ticks);
            since = System.nanoTime();
            ticks = 0;
        }
    }
}
