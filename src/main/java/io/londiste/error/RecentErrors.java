package io.londiste.error;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The last things that went wrong in a process, for whoever wants to look. Safe for use by several threads. */
public final class RecentErrors {
    private static final int KEPT = 50;

    /**
     * Something that went wrong.
     *
     * @param time when it did last
     * @param place the route, batch or table
     * @param message in one line
     */
    public record Error(Instant time, String place, String message) {}

    private final Deque<Error> last = new ArrayDeque<>();
    private final Map<String, Error> ofTables = new ConcurrentHashMap<>();

    /** Something has gone wrong. What comes again and again is kept once. */
    public synchronized void add(String place, String message) {
        var error = new Error(Instant.now(), place, message);
        last.removeIf(each -> each.place.equals(place) && each.message.equals(message));
        last.addFirst(error);
        if (last.size() > KEPT) {
            last.removeLast();
        }
    }

    /** As {@link #add}, with a table, of which the last error is kept whatever else goes wrong. */
    public void addOfTable(String table, String message) {
        add(table, message);
        ofTables.put(table, new Error(Instant.now(), table, message));
    }

    /** The last of them, the latest first. */
    public synchronized List<Error> list() {
        return new ArrayList<>(last);
    }

    /** The last that went wrong with the table. */
    public Optional<Error> ofTable(String table) {
        return Optional.ofNullable(ofTables.get(table));
    }
}
