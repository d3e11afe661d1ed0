package io.londiste.watch;

import io.londiste.config.Settings;
import io.londiste.pgq.ConsumerInfo;
import io.londiste.subscriber.TableStatus;
import io.londiste.table.SubscribedTables;
import io.londiste.watch.JobState.Reader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether all is well with a job, and the figures that show it, read once from its databases. What is unknown is null.
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
        long savedForeignKeys,
        long savedTriggers) {
    /** How many tables are in a state; that of a tick is without its number. */
    public record StateCount(String state, long count) {}

    /** Reads the status of a job. Databases that do not respond are among its problems. */
    public static JobStatus read(Settings settings) {
        try (var databases = new JobDatabases(settings)) {
            var state = new StateReader(settings, databases, settings.queueName()::equals).readSettled();
            var replay =
                    state.second().error().isEmpty() ? databases.subscriber().replayHolder() : Optional.<String>empty();
            var bytes = state.queues().containsKey(settings.queueName())
                            && !state.first().isStale()
                    ? databases.queues().bytes(settings.queueName())
                    : null;
            var unregistered = isUnregistered(settings, state) ? unregistered(settings, databases) : null;
            return of(settings, state, replay.orElse(null), unregistered, bytes);
        }
    }

    private static boolean isUnregistered(Settings settings, JobState state) {
        return state.second().error().isEmpty()
                && state.first().error().isEmpty()
                && state.queues().containsKey(settings.queueName())
                && !state.consumers().containsKey(new Reader(settings.queueName(), settings.consumerId()));
    }

    private static String unregistered(Settings settings, JobDatabases databases) {
        return databases
                .subscriber()
                .registrationLoss()
                .orElseGet(() -> "consumer " + settings.consumerId() + " is not registered on queue "
                        + settings.queueName() + "; start the replay, which registers it (londiste -d "
                        + settings.file() + " replay)");
    }

    private static JobStatus of(Settings settings, JobState state, String replay, String unregistered, Long bytes) {
        var name = settings.queueName();
        var queue = state.queues().get(name);
        boolean paused = replay != null
                && SubscribedTables.PAUSED.equals(state.progress().error());
        var lag = state.lag(name, settings.consumerId());
        var slowest = state.consumers().values().stream()
                .filter(consumer -> consumer.lag() != null)
                .max(Comparator.comparing(ConsumerInfo::lag));
        var problems = problems(settings, state, replay, unregistered, paused, lag);
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
                bytes,
                slowest.map(ConsumerInfo::consumer).orElse(null),
                slowest.map(consumer -> state.lag(name, consumer.consumer())).orElse(null),
                counts(state),
                state.progress().pendingForeignKeys(),
                state.progress().pendingTriggers());
    }

    private static String version(JobState.Side side) {
        return side.version().isEmpty() ? null : side.version();
    }

    private static List<String> problems(
            Settings settings, JobState state, String replay, String unregistered, boolean paused, Duration lag) {
        var problems = new ArrayList<>(state.errors());
        problems.remove(SubscribedTables.PAUSED); // as its operator wants it
        if (problems.isEmpty() && !state.queues().containsKey(settings.queueName())) {
            problems.add("queue " + settings.queueName() + " does not exist on the provider; create it (londiste "
                    + settings.file() + " provider install)");
        } else if (unregistered != null) {
            problems.remove(unregistered); // the replay may have recorded it
            problems.add(unregistered);
        } else if (state.second().error().isEmpty() && replay == null) {
            problems.add("no replay of " + settings.jobName() + " runs; start it (londiste -d " + settings.file()
                    + " replay)");
        } else if (problems.isEmpty() && state.progress().observed() != null) {
            problems.add("the replay reports: " + state.progress().observed());
        }
        if (!paused && lag != null && lag.compareTo(settings.lagLimit()) > 0) {
            problems.add("the subscriber is " + lag.toSeconds() + " s behind, more than lag_limit, "
                    + settings.lagLimit().toSeconds() + " s");
        }
        state.tables().values().stream()
                .filter(table -> table.reason() != null)
                .forEach(table -> problems.add("table " + table.name() + " is stopped: " + table.reason()));
        return problems;
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
