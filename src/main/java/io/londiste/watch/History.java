package io.londiste.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Lag, throughput and states of tables over the last six hours, in samples that are at least 15 seconds apart. Safe for use by several threads.
 */
public final class History {
    static final Duration SPAN = Duration.ofHours(6);
    static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final long MOST = SPAN.dividedBy(INTERVAL);

    private final LongSupplier nanos;
    private final Deque<Taken> samples = new ArrayDeque<>();

    /**
     * The state at one time. Figures that were unknown then are null.
     *
     * @param lag the lag of the subscriber
     * @param eventsPerSecond average of the minute before
     * @param inSync number of tables that were ok
     * @param inProgress number of tables that were on their way to ok
     * @param stopped number of tables that were stopped
     */
    public record Sample(
            Instant time, Duration lag, Double eventsPerSecond, Integer inSync, Integer inProgress, Integer stopped) {}

    /** @param nanos when it was taken, in {@link System#nanoTime}, which no change of the clock concerns */
    private record Taken(long nanos, Sample sample) {}

    public History() {
        this(System::nanoTime);
    }

    History(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Adds a sample, if the last one is old enough. */
    public synchronized void add(Supplier<Sample> sample) {
        long now = nanos.getAsLong();
        if (!samples.isEmpty() && now - samples.getLast().nanos < INTERVAL.toNanos()) {
            return;
        }
        samples.add(new Taken(now, sample.get()));
        while (samples.size() > MOST || now - samples.getFirst().nanos > SPAN.toNanos()) {
            samples.removeFirst();
        }
    }

    /** The samples, the oldest first. */
    public synchronized List<Sample> list() {
        return samples.stream().map(Taken::sample).toList();
    }
}
