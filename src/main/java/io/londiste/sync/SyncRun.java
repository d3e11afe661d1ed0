package io.londiste.sync;

import io.londiste.change.TableName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * One run of a comparison or repair: its sync point, its tables, and their results. Delivers results in the order of
 * the tables, each as soon as it and those of the tables before it are available. Safe for use by several threads.
 */
public final class SyncRun implements AutoCloseable {
    private final SyncPoint point;
    private final Map<TableName, SyncedTable> tables = new LinkedHashMap<>();
    private final ResultListener listener;
    private final Consumer<SyncRun> closed;
    private final Map<TableName, Record> results = new HashMap<>();
    private final Deque<TableName> undelivered;

    /** @param closed is called whenever this is closed */
    SyncRun(SyncPoint point, List<SyncedTable> tables, ResultListener listener, Consumer<SyncRun> closed) {
        this.point = point;
        this.listener = listener;
        this.closed = closed;
        tables.forEach(table -> this.tables.put(table.name(), table));
        this.undelivered = new ArrayDeque<>(this.tables.keySet());
    }

    public SyncPoint point() {
        return point;
    }

    /** The tables, each of which gets a result. */
    public List<SyncedTable> tables() {
        return List.copyOf(tables.values());
    }

    /** Accepts the result of one of the tables. */
    public void report(TableName table, Record result) {
        tables.get(table).progress().end();
        synchronized (results) {
            results.put(table, result);
            while (!undelivered.isEmpty() && results.containsKey(undelivered.peek())) {
                listener.add(results.get(undelivered.remove()));
            }
        }
    }

    /** The results so far, in the order of the tables. */
    public List<Record> results() {
        synchronized (results) {
            return tables.keySet().stream()
                    .map(results::get)
                    .filter(Objects::nonNull)
                    .toList();
        }
    }

    /**
     * Fails if the run was ended: errors after that do not concern its tables.
     *
     * @throws io.londiste.error.LondisteException if so
     */
    public void requireOpen() {
        point.requireOpen();
    }

    /** Releases the sync point and cancels the queries that still run. May be called more than once, by any thread. */
    @Override
    public void close() {
        closed.accept(this);
        point.close();
    }
}
