package io.londiste.replay;

import java.util.function.LongSupplier;

/** The average number of events per second over the last minute. Safe for use by several threads. */
final class Rate {
    private static final int SECONDS = 60;
    private static final long NANOS = 1_000_000_000L;

    private final LongSupplier clock;
    private final long start;
    private final long[] counts = new long[SECONDS];
    /** The second to which each count belongs. */
    private final long[] seconds = new long[SECONDS];

    Rate() {
        this(System::nanoTime);
    }

    /** @param clock in nanoseconds */
    Rate(LongSupplier clock) {
        this.clock = clock;
        this.start = clock.getAsLong();
    }

    synchronized void add(long number) {
        long second = now();
        int slot = (int) (second % SECONDS);
        if (seconds[slot] != second) {
            seconds[slot] = second;
            counts[slot] = 0;
        }
        counts[slot] += number;
    }

    synchronized double perSecond() {
        long now = now();
        long sum = 0;
        for (int slot = 0; slot < SECONDS; slot++) {
            if (now - seconds[slot] < SECONDS) {
                sum += counts[slot];
            }
        }
        return (double) sum / Math.min(SECONDS, now + 1);
    }

    private long now() {
        return (clock.getAsLong() - start) / NANOS;
    }
}
