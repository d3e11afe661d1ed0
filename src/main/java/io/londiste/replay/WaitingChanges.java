package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.replay.OrderedRun.Shapes;
import io.londiste.table.TableShape;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Changes that wait for others because of constraints, in their order. Later changes of the same rows wait with them.
 */
final class WaitingChanges {
    private final Shapes shapes;
    private final RowKeys keys;
    private final List<Change> changes = new ArrayList<>();
    private final Set<String> rows = new HashSet<>();

    WaitingChanges(Shapes shapes, RowKeys keys) {
        this.shapes = shapes;
        this.keys = keys;
    }

    List<Change> all() {
        return changes;
    }

    /** Whether the change concerns a row that one of the waiting changes concerns. */
    boolean holds(Change change) throws SQLException {
        return !rows.isEmpty() && rows(change).stream().anyMatch(rows::contains);
    }

    void add(Change change) throws SQLException {
        rows.addAll(rows(change));
        changes.add(change);
    }

    /** Returns the given changes that need not wait for these. */
    List<Change> ahead(List<Change> some) throws SQLException {
        if (changes.isEmpty()) {
            return some;
        }
        List<Change> ahead = new ArrayList<>();
        Set<String> held = new HashSet<>(); // additional rows: those of moves that have to wait themselves
        for (Change change : some) {
            List<String> about = rows(change);
            if (about.stream().anyMatch(row -> rows.contains(row) || held.contains(row))) {
                held.addAll(about);
            } else {
                ahead.add(change);
            }
        }
        return ahead;
    }

    /** Adds the changes that were not applied. */
    void addAllBut(Collection<Change> done, List<Change> some) throws SQLException {
        if (done.size() < some.size()) {
            Set<Change> gone = new HashSet<>(done);
            for (Change change : some) {
                if (!gone.contains(change)) {
                    add(change);
                }
            }
        }
    }

    /** The rows that the change concerns, by table and key. */
    private List<String> rows(Change change) throws SQLException {
        TableShape shape = shapes.of(change.table());
        List<String> key = NetChanges.keyColumns(change, shape);
        String row = change.table() + " " + keys.of(shape, change.row(), key);
        return change.oldKey() == null
                ? List.of(row)
                : List.of(row, change.table() + " " + keys.of(shape, change.oldKey(), key));
    }
}
