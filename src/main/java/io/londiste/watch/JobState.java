package io.londiste.watch;

import io.londiste.pgq.ConsumerInfo;
import io.londiste.pgq.QueueInfo;
import io.londiste.subscriber.ReplayProgress;
import io.londiste.subscriber.TableStatus;
import io.londiste.table.TableName;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The state of a job in its databases, read at one time.
 *
 * @param nanos when it was read, in {@link System#nanoTime}
 * @param queues by name
 * @param consumers by queue and name
 * @param copies the consumers that are used by copies of tables, each with the consumer of the job that makes the copy
 * @param first the database with the queues
 * @param second the subscriber
 */
public record JobState(
        long nanos,
        Map<TableName, TableStatus> tables,
        ReplayProgress progress,
        Map<String, QueueInfo> queues,
        Map<Reader, ConsumerInfo> consumers,
        Map<Reader, String> copies,
        Side first,
        Side second) {
    /** The state before anything has been read; older than any update interval. */
    static final JobState NONE = new JobState(
            System.nanoTime() - Duration.ofHours(1).toNanos(),
            Map.of(),
            new ReplayProgress(null, null, 0, 0),
            Map.of(),
            Map.of(),
            Map.of(),
            Side.UNKNOWN,
            Side.UNKNOWN);

    /** The key of a consumer. */
    public record Reader(String queue, String consumer) {}

    /**
     * A database.
     *
     * @param version version of its server; empty if it does not respond
     * @param error what is wrong with the database; empty if nothing is
     */
    public record Side(String version, String error) {
        static final Side UNKNOWN = new Side("", "");
    }

    /** The error of a database or else of the replay; empty if there is none. */
    public String error() {
        return Stream.of(first.error(), second.error(), Objects.requireNonNullElse(progress.error(), ""))
                .filter(error -> !error.isEmpty())
                .findFirst()
                .orElse("");
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    /** The lag of a consumer: the age of the last tick that it has processed, zero if there is nothing newer; null if unknown. */
    public Duration lag(String queue, String consumer) {
        var info = queues.get(queue);
        var reader = consumers.get(new Reader(queue, consumer));
        if (info == null || reader == null) {
            return null;
        }
        boolean atEnd = info.lastTick() != null && info.lastTick().equals(reader.lastTick());
        boolean nothingNew = info.newEvents() == null || info.newEvents() == 0;
        return atEnd && nothingNew ? Duration.ZERO : reader.lag();
    }
}
