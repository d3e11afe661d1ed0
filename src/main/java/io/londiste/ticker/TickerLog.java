package io.londiste.ticker;

import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts ticks and logs their number periodically. Written by one thread, read by any. */
public final class TickerLog {
    private static final Logger LOG = LoggerFactory.getLogger(TickerLog.class);

    private final long everyNanos;
    private long since = System.nanoTime();
    private long ticks;
    private volatile long total;
    private volatile Instant last;

    /** @param every time between two log lines */
    public TickerLog(Duration every) {
        this.everyNanos = every.toNanos();
    }

    /** Counts the ticks of one run of the ticker, one for each of the given number of queues. */
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

    /** The number of ticks so far. */
    public long total() {
        return total;
    }

    /** When the last tick was created; null if there was none. */
    public Instant last() {
        return last;
    }
}
