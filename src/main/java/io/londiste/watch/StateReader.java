package io.londiste.watch;

import io.londiste.change.TableName;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.db.SqlState;
import io.londiste.digest.LastComparison;
import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import io.londiste.pgq.ConsumerInfo;
import io.londiste.pgq.QueueInfo;
import io.londiste.queue.QueueStatus;
import io.londiste.subscriber.ReplayProgress;
import io.londiste.subscriber.TableStatus;
import io.londiste.watch.JobState.Reader;
import io.londiste.watch.JobState.Side;
import io.londiste.watch.JobState.Ticks;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Reads the state of a job from its databases. A database that does not respond keeps its previous state, with the error; one
 * without our schema is empty.
 */
public final class StateReader {
    /** How often, and how many times, to read again if the ticks seem to be overdue. */
    private static final Duration AGAIN = Duration.ofMillis(500);

    private static final long READS = TickerCheck.LEAST.dividedBy(AGAIN) + 2;

    private final Settings settings;
    private final JobDatabases databases;
    private final Predicate<String> isOurs;
    private final TickerCheck ticker;

    /** @param isOurs which queues are read */
    public StateReader(Settings settings, JobDatabases databases, Predicate<String> isOurs) {
        this.settings = settings;
        this.databases = databases;
        this.isOurs = isOurs;
        this.ticker = new TickerCheck(settings);
    }

    private record Result<T>(T content, Side side) {}

    public JobState read(JobState before) {
        var queues = read(
                databases.first(),
                before.first(),
                () -> databases.queues().status(),
                () -> statuses(before),
                List.<QueueStatus>of());
        var infos = new LinkedHashMap<String, QueueInfo>();
        var consumers = new LinkedHashMap<Reader, ConsumerInfo>();
        var copies = new HashMap<Reader, String>();
        for (var status : queues.content) {
            if (isOurs.test(status.queue().queue())) {
                infos.put(status.queue().queue(), status.queue());
                status.consumers().forEach(each -> consumers.put(new Reader(each.queue(), each.consumer()), each));
                status.copies()
                        .forEach((copy, job) ->
                                copies.put(new Reader(status.queue().queue(), copy), job));
            }
        }
        var job = databases.hasSubscriber()
                ? read(databases.second(), before.second(), this::job, () -> new Job(before), Job.NONE)
                : new Result<>(Job.NONE, Side.UNKNOWN);
        var state = new JobState(
                System.nanoTime(),
                job.content.tables,
                job.content.progress,
                job.content.comparisons,
                infos,
                consumers,
                copies,
                queues.side.isStale() ? before.ticks() : ticks(infos, before),
                queues.side,
                job.side,
                before.standing());
        return state.with(Standing.read(settings, databases, state));
    }

    /**
     * Reads the state for the first time. Whether events wait in vain for a tick can only be seen for some time; if they
     * seem to, this takes as long.
     */
    public JobState readSettled() {
        var state = read(JobState.NONE);
        for (int i = 0; i < READS && isOverdue(state); i++) {
            try {
                Thread.sleep(AGAIN.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return state;
            }
            state = read(state);
        }
        return state;
    }

    private static boolean isOverdue(JobState state) {
        return state.queues().values().stream().anyMatch(queue -> {
            var ticks = state.ticks().get(queue.queue());
            return ticks != null
                    && ticks.waitingSince() != null
                    && ticks.error().isEmpty()
                    && queue.tickerLag() != null
                    && queue.tickerLag().compareTo(queue.tickerMaxLag().multipliedBy(TickerCheck.PATIENCE)) > 0;
        });
    }

    private Map<String, Ticks> ticks(Map<String, QueueInfo> queues, JobState before) {
        long now = System.nanoTime();
        var ticks = new LinkedHashMap<String, Ticks>();
        queues.forEach((name, queue) -> {
            var known = before.queues().get(name);
            var last = before.ticks().get(name);
            Long since = null;
            if (queue.newEvents() != null && queue.newEvents() > 0) {
                boolean same = known != null && Objects.equals(known.lastTick(), queue.lastTick());
                since = same && last != null && last.waitingSince() != null ? last.waitingSince() : Long.valueOf(now);
            }
            ticks.put(
                    name, new Ticks(since, ticker.error(queue, since == null ? null : Duration.ofNanos(now - since))));
        });
        return ticks;
    }

    /** The part of the state that the subscriber knows. */
    private record Job(
            Map<TableName, TableStatus> tables, ReplayProgress progress, Map<TableName, LastComparison> comparisons) {
        static final Job NONE = new Job(Map.of(), JobState.NONE.progress(), Map.of());

        Job(JobState state) {
            this(state.tables(), state.progress(), state.comparisons());
        }
    }

    private Job job() {
        var subscriber = databases.subscriber();
        var tables = new LinkedHashMap<TableName, TableStatus>();
        subscriber.tables().forEach(table -> tables.put(table.name(), table));
        return new Job(tables, subscriber.progress(), subscriber.comparisons());
    }

    private static List<QueueStatus> statuses(JobState state) {
        return state.queues().values().stream()
                .map(queue -> new QueueStatus(
                        queue,
                        state.consumers().values().stream()
                                .filter(consumer -> consumer.queue().equals(queue.queue()))
                                .toList(),
                        copies(state, queue.queue())))
                .toList();
    }

    private static Map<String, String> copies(JobState state, String queue) {
        var copies = new HashMap<String, String>();
        state.copies().forEach((reader, job) -> {
            if (reader.queue().equals(queue)) {
                copies.put(reader.consumer(), job);
            }
        });
        return copies;
    }

    private static <T> Result<T> read(Database database, Side before, Supplier<T> query, Supplier<T> previous, T none) {
        try {
            var version = before.version().isEmpty() ? version(database).orElse("") : before.version();
            long read = System.nanoTime();
            return new Result<>(query.get(), new Side(version, "", read));
        } catch (LondisteException e) {
            boolean unreachable = SqlState.isPassing(e);
            var version = unreachable ? "" : version(database).orElse("");
            return new Result<>(
                    unreachable ? previous.get() : none,
                    new Side(version, Causes.message(e), unreachable ? before.read() : null));
        }
    }

    private static Optional<String> version(Database database) {
        try {
            return Optional.of(
                    database.read(connection -> connection.getMetaData().getDatabaseProductVersion()));
        } catch (LondisteException e) {
            return Optional.empty();
        }
    }
}
