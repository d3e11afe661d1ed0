package io.londiste.watch;

import io.londiste.config.Settings;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.digest.LastComparison;
import io.londiste.pgq.ConsumerInfo;
import io.londiste.subscriber.TableStatus;
import io.londiste.table.SubscribedTables;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether all is well with a job, and the figures that show it, as of one moment. What is unknown is null.
 *
 * @param problems what is wrong, and what to do; empty if all is well
 * @param provider version of the provider's server
 * @param subscriber version of the subscriber's server
 * @param replay the session on the subscriber that holds the job's lock: its name, host and process; null if no replay runs
 * @param paused whether an operator has paused the replay
 * @param lag see {@link JobState#lag}
 * @param tick the last tick that the replay has applied
 * @param lastTick the age of the queue's last tick
 * @param newEvents approximate number of events that wait for the next tick
 * @param queueBytes size of the queue's event tables
 * @param slowest the consumer of the queue that is the farthest behind, which keeps events from being deleted
 * @param tables how many tables there are in each state
 * @param compared when the latest comparison of a table began; null if none was compared since its copy
 * @param equal how many tables were equal when they were last compared
 * @param different how many were not, or could not be compared
 * @param savedForeignKeys number of foreign keys that are to be restored
 * @param savedTriggers number of triggers that can be restored
 */
public record JobStatus(
        String job,
        boolean ok,
        List<String> problems,
        String provider,
        String subscriber,
        String replay,
        boolean paused,
        Duration lag,
        Long tick,
        String queue,
        Duration lastTick,
        Long newEvents,
        Long queueBytes,
        String slowest,
        Duration slowestLag,
        List<StateCount> tables,
        Instant compared,
        long equal,
        long different,
        long savedForeignKeys,
        long savedTriggers) {
    /** How many tables are in a state; that of a tick is without its number. */
    public record StateCount(String state, long count) {}

    /** Reads the status of a job. Databases that do not respond are among its problems. */
    public static JobStatus read(Settings settings) {
        try (var databases = new JobDatabases(settings)) {
            return of(settings, new StateReader(settings, databases, settings.queueName()::equals).readSettled());
        }
    }

    /** The status in a state that was read. */
    public static JobStatus of(Settings settings, JobState state) {
        var replay = state.standing().replay();
        var name = settings.queueName();
        var queue = state.queues().get(name);
        boolean paused = replay != null
                && SubscribedTables.PAUSED.equals(state.progress().error());
        var lag = state.lag(name, settings.consumerId());
        var slowest = state.consumers().values().stream()
                .filter(consumer -> consumer.lag() != null)
                .max(Comparator.comparing(ConsumerInfo::lag));
        var problems = problems(settings, state, paused, lag);
        var comparisons = state.comparisons().values();
        long equal = comparisons.stream()
                .filter(last -> last.outcome() == Outcome.EQUAL)
                .count();
        return new JobStatus(
                settings.jobName(),
                problems.isEmpty(),
                problems,
                version(state.first()),
                version(state.second()),
                replay,
                paused,
                lag,
                state.progress().tick(),
                name,
                queue == null ? null : queue.tickerLag(),
                queue == null ? null : queue.newEvents(),
                state.standing().queueBytes(),
                slowest.map(ConsumerInfo::consumer).orElse(null),
                slowest.map(consumer -> state.lag(name, consumer.consumer())).orElse(null),
                counts(state),
                comparisons.stream()
                        .map(LastComparison::time)
                        .max(Comparator.naturalOrder())
                        .orElse(null),
                equal,
                comparisons.size() - equal,
                state.progress().pendingForeignKeys(),
                state.progress().pendingTriggers());
    }

    private static String version(JobState.Side side) {
        return side.version().isEmpty() ? null : side.version();
    }

    private static List<String> problems(Settings settings, JobState state, boolean paused, Duration lag) {
        var obstacle = state.standing().obstacle();
        var problems = new ArrayList<>(state.errors());
        problems.remove(SubscribedTables.PAUSED); // as its operator wants it
        if (problems.isEmpty() && !state.queues().containsKey(settings.queueName())) {
            problems.add("queue " + settings.queueName() + " does not exist on the provider; create it (londiste "
                    + settings.file() + " provider install)");
        } else if (obstacle != null) {
            problems.remove(obstacle); // the replay may have recorded it
            problems.add(obstacle);
        } else if (state.second().error().isEmpty() && state.standing().replay() == null) {
            problems.add("no replay of " + settings.jobName() + " runs; start it (londiste -d " + settings.file()
                    + " replay)");
        } else if (problems.isEmpty() && state.progress().observed() != null) {
            problems.add("the replay reports: " + state.progress().observed());
        }
        if (!paused) {
            lateness(lag, settings.lagLimit()).ifPresent(problems::add);
        }
        state.tables().values().stream()
                .filter(table -> table.reason() != null)
                .forEach(table -> problems.add("table " + table.name() + " is stopped: " + table.reason()));
        state.comparisons().forEach((table, last) -> {
            if (last.outcome() != Outcome.EQUAL) {
                problems.add("table " + table + " " + last.problem());
            }
        });
        return problems;
    }

    /** That the lag is above a limit; empty if it is not. */
    public Optional<String> lateness(Duration limit) {
        return lateness(lag, limit);
    }

    private static Optional<String> lateness(Duration lag, Duration limit) {
        return lag == null || lag.compareTo(limit) <= 0
                ? Optional.empty()
                : Optional.of("the subscriber is " + lag.toSeconds() + " s behind, more than lag_limit, "
                        + limit.toSeconds() + " s");
    }

    private static List<StateCount> counts(JobState state) {
        var counts = state.tables().values().stream()
                .map(TableStatus::state)
                .collect(Collectors.groupingBy(
                        table -> table.toString().replaceFirst(":.*", ""), TreeMap::new, Collectors.counting()));
        return counts.entrySet().stream()
                .map(count -> new StateCount(count.getKey(), count.getValue()))
                .toList();
    }
}
