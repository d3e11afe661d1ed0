package io.londiste.replay;

import io.londiste.pgq.Batch;
import io.londiste.table.TableName;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What this process has applied since it started, and what it could not. Safe for use by several threads. */
public final class ReplayStatus {
    private final Map<TableName, Applied> tables = new ConcurrentHashMap<>();
    private final Rate rate = new Rate();
    private volatile OffsetDateTime appliedUpTo;
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
     * @param times how many there were
     * @param reason of the last one; null if there was none
     */
    public record Failure(int times, String reason) {
        static final Failure NONE = new Failure(0, null);
    }

    /**
     * What the replay has done, the catch-ups of single tables left aside.
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

    /** A batch is on the subscriber. Called by the replay's thread only. */
    void replayed(Batch batch, long events, Duration time) {
        appliedUpTo = batch.tick().time();
        failure = Failure.NONE;
        batches = batches.plus(events, time);
        rate.add(events);
    }

    /** The replay's batch could not be applied, for a reason that is no table's; called by its thread. */
    public void failed(String reason) {
        failure = new Failure(failure.times + 1, reason);
    }

    /** How often the batch has failed that the replay is at. */
    public Failure failure() {
        return failure;
    }

    /** What the replay has done. */
    public Batches batches() {
        return batches;
    }

    /** Events a second of the replay, over the last minute. */
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

    /** How old the state is that the subscriber shows; null before the first batch. */
    public Duration lag() {
        OffsetDateTime time = appliedUpTo;
        return time == null ? null : Duration.between(time, OffsetDateTime.now());
    }
}
