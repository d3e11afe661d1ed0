package io.londiste.watch;

import io.londiste.change.TableName;
import io.londiste.digest.LastComparison;
import io.londiste.pgq.ConsumerInfo;
import io.londiste.pgq.QueueInfo;
import io.londiste.subscriber.ReplayProgress;
import io.londiste.subscriber.TableStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The state of a job in its databases, read at one time.
 *
 * @param nanos when it was read, in {@link System#nanoTime}
 * @param queues by name
 * @param consumers by queue and name
 * @param comparisons the last comparisons of tables that have been compared
 * @param copies the consumers that are used by copies of tables, each with the consumer of the job that makes the copy
 * @param ticks of the queues, by name
 * @param first the database with the queues
 * @param second the subscriber
 * @param standing who does the job
 */
public record JobState(
        long nanos,
        Map<TableName, TableStatus> tables,
        ReplayProgress progress,
        Map<TableName, LastComparison> comparisons,
        Map<String, QueueInfo> queues,
        Map<Reader, ConsumerInfo> consumers,
        Map<Reader, String> copies,
        Map<String, Ticks> ticks,
        Side first,
        Side second,
        Standing standing) {
    /** A state that could not be renewed for this long is stale. */
    private static final Duration STALE = Duration.ofSeconds(10);

    /** The state before anything has been read; older than any update interval. */
    static final JobState NONE = new JobState(
            System.nanoTime() - Duration.ofHours(1).toNanos(),
            Map.of(),
            new ReplayProgress(null, null, null, 0, 0),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Side.UNKNOWN,
            Side.UNKNOWN,
            Standing.UNKNOWN);

    /** The key of a consumer. */
    public record Reader(String queue, String consumer) {}

    /**
     * The ticks of a queue.
     *
     * @param waitingSince since when events have been seen to wait for the next tick, in {@link System#nanoTime}; null if
     *     none wait
     * @param error what is wrong with its ticker and what to do; empty if nothing is
     */
    public record Ticks(Long waitingSince, String error) {}

    /**
     * A database.
     *
     * @param version version of its server; empty if it does not respond
     * @param error what is wrong with the database; empty if nothing is
     * @param read when its figures were read, in {@link System#nanoTime}; null if there are none
     */
    public record Side(String version, String error, Long read) {
        static final Side UNKNOWN = new Side("", "", null);

        /** The time since its figures were read; null if there are none. */
        public Duration age() {
            return read == null ? null : Duration.ofNanos(System.nanoTime() - read);
        }

        /** Whether its figures cannot be renewed at present. */
        public boolean isStale() {
            return read != null && (!error.isEmpty() || age().compareTo(STALE) > 0);
        }
    }

    /** The errors of the databases, of the replay and of the tickers; empty if there is none. */
    public List<String> errors() {
        var errors = new ArrayList<String>();
        Stream.of(first.error(), second.error(), Objects.requireNonNullElse(progress.error(), ""))
                .filter(error -> !error.isEmpty())
                .distinct()
                .forEach(errors::add);
        if (errors.isEmpty() && (first.isStale() || second.isStale())) {
            errors.add("the state of the databases could not be read for more than " + STALE.toSeconds()
                    + " s, because a server does not respond; check the servers and the network");
        }
        if (!first.isStale()) {
            ticks.values().stream()
                    .map(Ticks::error)
                    .filter(error -> !error.isEmpty())
                    .forEach(errors::add);
        }
        return errors;
    }

    JobState with(Standing now) {
        return new JobState(nanos, tables, progress, comparisons, queues, consumers, copies, ticks, first, second, now);
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    /**
     * The lag of a consumer: the age of the last tick that it has processed, zero if there is nothing newer; null if
     * unknown. While the provider does not respond, there may be something newer, and the age counts on from the last known
     * tick.
     */
    public Duration lag(String queue, String consumer) {
        var info = queues.get(queue);
        var reader = consumers.get(new Reader(queue, consumer));
        if (info == null || reader == null) {
            return null;
        }
        if (first.isStale()) {
            return reader.lag() == null ? null : reader.lag().plus(first.age());
        }
        boolean atEnd = info.lastTick() != null && info.lastTick().equals(reader.lastTick());
        boolean nothingNew = info.newEvents() == null || info.newEvents() == 0;
        return atEnd && nothingNew ? Duration.ZERO : reader.lag();
    }
}
