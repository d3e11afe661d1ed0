package io.londiste.replay;

import io.londiste.change.TableName;
import io.londiste.pgq.Batch;
import io.londiste.pgq.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What this process has applied since it started, and its failures. Safe for use by several threads. */
public final class ReplayStatus {
    private final Map<TableName, Applied> tables = new ConcurrentHashMap<>();
    private final Rate rate = new Rate();
    private volatile Tick appliedUpTo;
    private volatile Failure failure = Failure.NONE;
    private volatile Batches batches = new Batches(0, 0, 0, Duration.ZERO);

    private record Applied(Counts counts, Instant last) {
        static final Applied NOTHING = new Applied(Counts.NONE, null);

        private Applied plus(Applied later) {
            return new Applied(counts.plus(later.counts), later.last);
        }
    }

    /**
     * Failures of the replay since its last batch.
     *
     * @param times the number of failures
     * @param reason of the last one; null if there was none
     */
    public record Failure(int times, String reason) {
        static final Failure NONE = new Failure(0, null);
    }

    /**
     * The totals of the replay, without the catch-ups of single tables.
     *
     * @param number of batches
     * @param events of these batches
     * @param lastEvents of the last batch that had any
     * @param lastTime how long that one took
     */
    public record Batches(long number, long events, long lastEvents, Duration lastTime) {
        private Batches plus(long more, Duration time) {
            return new Batches(number + 1, events + more, more > 0 ? more : lastEvents, more > 0 ? time : lastTime);
        }
    }

    void applied(Map<TableName, Counts> counts) {
        var now = Instant.now();
        counts.forEach((table, count) -> tables.merge(table, new Applied(count, now), Applied::plus));
    }

    /** Records that a batch was committed on the subscriber. Called by the replay's thread only. */
    void replayed(Batch batch, long events, Duration time) {
        appliedUpTo = batch.tick();
        failure = Failure.NONE;
        batches = batches.plus(events, time);
        rate.add(events);
    }

    /**
     * Records that a batch could not be applied, for a reason that concerns no single table; called by the replay's
     * thread.
     */
    public void failed(String reason) {
        failure = new Failure(failure.times + 1, reason);
    }

    /** Records that the current batch waits, which is no failure more; called by the replay's thread. */
    public void waits(String reason) {
        failure = new Failure(1, reason);
    }

    /** How often the current batch has failed. */
    public Failure failure() {
        return failure;
    }

    /** The totals of the replay. */
    public Batches batches() {
        return batches;
    }

    /** The replay's events per second over the last minute. */
    public double eventsPerSecond() {
        return rate.perSecond();
    }

    /** What was applied to the table. */
    public Counts of(TableName table) {
        return tables.getOrDefault(table, Applied.NOTHING).counts;
    }

    /** When something was last applied to the table; null before that. */
    public Instant lastChange(TableName table) {
        return tables.getOrDefault(table, Applied.NOTHING).last;
    }

    /** What was applied, for each table. */
    public Map<TableName, Counts> tables() {
        var counts = new TreeMap<TableName, Counts>();
        tables.forEach((table, applied) -> counts.put(table, applied.counts));
        return counts;
    }

    /** What was applied in all. */
    public Counts total() {
        return tables.values().stream().map(Applied::counts).reduce(Counts.NONE, Counts::plus);
    }

    /** The age of the provider's state that the subscriber shows (the lag); null before the first batch. */
    public Duration lag() {
        Tick tick = appliedUpTo;
        return tick == null ? null : tick.age();
    }
}
