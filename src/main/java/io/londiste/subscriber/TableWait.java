package io.londiste.subscriber;

import io.londiste.change.TableName;
import io.londiste.error.LondisteException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Waits until tables are ok. */
public final class TableWait {
    /** Between two looks: a twentieth of the time that has passed, so that a short wait does not get much longer, within limits. */
    private static final int SHARE = 20;

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofMillis(100);

    /** Receives the progress of a wait. */
    public interface Watcher {
        /** Receives the current states of the tables. */
        void show(List<TableStatus> tables);

        /** Receives a reason why one or all of the tables are stopped. */
        void warn(String message);
    }

    private final Subscriber subscriber;
    private final DatabasePair sides;
    private final Set<TableName> tables;
    private final Watcher watcher;
    private final Map<TableName, String> reasons = new HashMap<>();
    private Long withoutReplaySince; // System.nanoTime(); null: it runs

    TableWait(Subscriber subscriber, DatabasePair sides, List<TableName> tables, Watcher watcher) {
        this.subscriber = subscriber;
        this.sides = sides;
        this.tables = new HashSet<>(tables);
        this.watcher = watcher;
    }

    /**
     * Returns when all are ok. It continues to wait for tables that are stopped, because they are retried, and for a replay
     * that does not run, if it starts within the job's lock timeout.
     */
    void await() {
        long begun = System.nanoTime();
        while (true) {
            var now = subscriber.tables().stream()
                    .filter(table -> tables.contains(table.name()))
                    .toList();
            requireAll(now);
            watcher.show(now);
            if (now.stream().allMatch(TableStatus::isOk)) {
                return;
            }
            now.forEach(this::warnIfStopped);
            checkReplay(now);
            pause(Duration.ofNanos(System.nanoTime() - begun).dividedBy(SHARE));
        }
    }

    private void requireAll(List<TableStatus> now) {
        var there = now.stream().map(TableStatus::name).collect(Collectors.toSet());
        var gone =
                tables.stream().filter(table -> !there.contains(table)).sorted().toList();
        if (!gone.isEmpty()) {
            throw new LondisteException("no longer subscribed: " + DatabasePair.joined(gone));
        }
    }

    private void warnIfStopped(TableStatus table) {
        if (table.reason() != null && !table.reason().equals(reasons.put(table.name(), table.reason()))) {
            watcher.warn(table.name() + " is stopped: " + table.reason());
        }
    }

    private void checkReplay(List<TableStatus> now) {
        if (new Registration(sides).replayRuns()) {
            withoutReplaySince = null;
            return;
        }
        var settings = sides.settings();
        var start = "londiste -d " + settings.file() + " replay";
        if (withoutReplaySince == null) {
            withoutReplaySince = System.nanoTime();
            watcher.warn(Subscriber.noReplay(settings));
        } else if (System.nanoTime() - withoutReplaySince
                > settings.lockTimeout().toNanos()) {
            var waiting = now.stream()
                    .filter(table -> !table.isOk())
                    .map(TableStatus::name)
                    .toList();
            throw new LondisteException("registered, but not copied as no replay of " + settings.jobName()
                    + " has run for " + settings.lockTimeout().toSeconds() + " s: " + DatabasePair.joined(waiting)
                    + "; start it with: " + start);
        }
    }

    private static void pause(Duration wanted) {
        try {
            Thread.sleep(Math.max(SHORTEST.toMillis(), Math.min(LONGEST.toMillis(), wanted.toMillis())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LondisteException("interrupted", e);
        }
    }
}
