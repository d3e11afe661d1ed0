package io.londiste.replay;

import io.londiste.pgq.Batch;
import io.londiste.table.TableName;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What this process has applied since it started, and what it could not. Safe for use by several threads. */
public final class ReplayStatus {
    private final Map<TableName, Counts> tables = new ConcurrentHashMap<>();
    private volatile OffsetDateTime appliedUpTo;
    private volatile Failure failure = Failure.NONE;

    /**
     * Failures of the replay since its last batch.
     *
     * @param times how many there were
     * @param reason of the last one; null if there was none
     */
    public record Failure(int times, String reason) {
        static final Failure NONE = new Failure(0, null);
    }

    void applied(Map<TableName, Counts> counts) {
        counts.forEach((table, count) -> tables.merge(table, count, Counts::plus));
    }

    void replayed(Batch batch) {
        appliedUpTo = batch.tick().time();
        failure = Failure.NONE;
    }

    /** The replay's batch could not be applied, for a reason that is no table's; called by its thread. */
    public void failed(String reason) {
        failure = new Failure(failure.times + 1, reason);
    }

    /** How often the batch has failed that the replay is at. */
    public Failure failure() {
        return failure;
    }

    /** What was applied, for each table. */
    public Map<TableName, Counts> tables() {
        return new TreeMap<>(tables);
    }

    /** What was applied in all. */
    public Counts total() {
        return tables.values().stream().reduce(Counts.NONE, Counts::plus);
    }

    /** How old the state is that the subscriber shows; null before the first batch. */
    public Duration lag() {
        OffsetDateTime time = appliedUpTo;
        return time == null ? null : Duration.between(time, OffsetDateTime.now());
    }
}
