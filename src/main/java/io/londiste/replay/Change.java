package io.londiste.replay;

import io.londiste.pgq.Event;
import io.londiste.table.TableName;
import java.util.List;

/**
 * What one event says about one table. A route may change the row's values, or leave the change out. Not safe for use by
 * several threads at once.
 */
public final class Change {
    /** What can happen to a table. */
    public enum Kind {
        INSERT,
        UPDATE,
        DELETE,
        TRUNCATE,
        /** The table was taken out of the replication on the provider. */
        REMOVE_TABLE,
        /** Changes of the table may not have been captured; the event's data says why. */
        MISSED_CHANGES,
        /** An event that is not about a table, or of a type that is not known: it is counted and passed over. */
        UNKNOWN
    }

    private final Event event;
    private final TableName table;
    private final Kind kind;
    private final List<String> keyColumns;
    private final Row row;
    private final Row oldKey;
    private boolean leftOut;

    Change(Event event, TableName table, Kind kind, List<String> keyColumns, Row row, Row oldKey) {
        this.event = event;
        this.table = table;
        this.kind = kind;
        this.keyColumns = keyColumns;
        this.row = row;
        this.oldKey = oldKey;
    }

    static Change without(Event event, TableName table, Kind kind) {
        return new Change(event, table, kind, List.of(), null, null);
    }

    /** The event it was read from. */
    public Event event() {
        return event;
    }

    /** The table on the provider; null of an unknown kind. */
    public TableName table() {
        return table;
    }

    /** What happened. */
    public Kind kind() {
        return kind;
    }

    /** The columns that identify the row; empty where the event does not tell. */
    public List<String> keyColumns() {
        return keyColumns;
    }

    /**
     * The new row, of a DELETE the old one (with its key at least), of {@code UPDATE}s of some forms only the changed
     * columns and the key; null for kinds without a row.
     */
    public Row row() {
        return row;
    }

    /** The key before an UPDATE that changed it, else null. */
    public Row oldKey() {
        return oldKey;
    }

    /** The text of a column's value; null if it is null, or if the change has no row or not that column. */
    public String get(String column) {
        return row != null && row.has(column) ? row.get(column) : null;
    }

    /** Gives a column another value, by its text, if the change has a row with that column. */
    public Change set(String column, String text) {
        if (row != null && row.has(column)) {
            row.set(column, text);
        }
        return this;
    }

    /** Has the subscriber not get it; it is counted as ignored. */
    public Change leaveOut() {
        leftOut = true;
        return this;
    }

    /** Whether the subscriber is not to get it. */
    public boolean isLeftOut() {
        return leftOut;
    }

    /** About how much memory it takes, in characters. */
    int size() {
        return 200 + (row == null ? 0 : row.size());
    }
}
