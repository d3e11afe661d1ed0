package io.londiste.ticker;

import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells now and then how much the ticker has ticked. Used by one thread, asked by any. */
public final class TickerLog {
    private static final Logger LOG = LoggerFactory.getLogger(TickerLog.class);

    private final long everyNanos;
    private long since = System.nanoTime();
    private long ticks;
    private volatile long total;
    private volatile Instant last;

    public TickerLog(Duration every) {
        this.everyNanos = every.toNanos();
    }

    /** So many queues were ticked at a stroke. */
    public void ticked(long queues) {
        if (queues > 0) {
            total += queues;
            last = Instant.now();
        }
        ticks += queues;
        if (System.nanoTime() - since >= everyNanos) {
            LOG.info("{ticks: {}}", ticks);
            since = System.nanoTime();
            ticks = 0;
        }
    }

    /** All ticks so far. */
    public long total() {
        return total;
    }

    /** When the last of them was made; null before that. */
    public Instant last() {
        return last;
    }
}
