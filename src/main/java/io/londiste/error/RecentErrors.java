package io.londiste.error;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The recent errors of a process, for display. Safe for use by several threads. */
public final class RecentErrors {
    private static final int KEPT = 50;

    /**
     * An error.
     *
     * @param time when it occurred last
     * @param place the route, batch or table
     * @param message in one line
     */
    public record Error(Instant time, String place, String message) {}

    private final Deque<Error> last = new ArrayDeque<>();
    private final Map<String, Error> ofTables = new ConcurrentHashMap<>();

    /** Adds an error. A repeated error is kept once, with its last time. */
    public synchronized void add(String place, String message) {
        var error = new Error(Instant.now(), place, message);
        last.removeIf(each -> each.place.equals(place) && each.message.equals(message));
        last.addFirst(error);
        if (last.size() > KEPT) {
            last.removeLast();
        }
    }

    /** Adds an error of a table. The last error of each table is kept in addition to the recent errors. */
    public void addOfTable(String table, String message) {
        add(table, message);
        ofTables.put(table, new Error(Instant.now(), table, message));
    }

    /** The recent errors, the latest first. */
    public synchronized List<Error> list() {
        return new ArrayList<>(last);
    }

    /** The last error of the table. */
    public Optional<Error> ofTable(String table) {
        return Optional.ofNullable(ofTables.get(table));
    }
}
