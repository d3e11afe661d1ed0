package io.londiste.change;

import io.londiste.pgq.Event;
import java.util.List;

/**
 * One event as a change of one table. A route may change the row's values, or drop the change. Not safe for use by
 * several threads at once.
 */
public final class Change {
    /** The kinds of changes. */
    public enum Kind {
        INSERT,
        UPDATE,
        DELETE,
        TRUNCATE,
        /** The table was taken out of the replication on the provider. */
        REMOVE_TABLE,
        /** The sequence was taken out of the replication on the provider; the table's name is that of the sequence. */
        REMOVE_SEQUENCE,
        /** Changes of the table may not have been captured; the event's data says why. */
        MISSED_CHANGES,
        /** A script of the provider; the event's data is its SQL. */
        EXECUTE,
        /** A change of the table that cannot be read; the event's problem says why. */
        UNREADABLE,
        /** An event that concerns no table, or of an unknown type: it is counted and ignored. */
        UNKNOWN
    }

    /** How the row of an INSERT or UPDATE is written, and what is assumed about the row that is there. */
    public enum Writing {
        /** An INSERT finds no row of its key, an UPDATE or DELETE finds one; anything else is unexpected. */
        AS_EXPECTED,
        /** The row is there afterwards, whether there was one of its key or not. */
        UPSERT,
        /** A row of its key stays as it is; otherwise the row is inserted. */
        INSERT_ONLY,
        /** A row of its key is changed; otherwise nothing is. */
        UPDATE_ONLY
    }

    private final Event event;
    private final TableName table;
    private final Kind kind;
    private final List<String> keyColumns;
    private final Row row;
    private final Row oldKey;
    private final Writing writing;
    private boolean leftOut;

    /** A change; see the methods of the same names. It may be made of no event: {@code event} is null then. */
    public Change(Event event, TableName table, Kind kind, List<String> keyColumns, Row row, Row oldKey) {
        this(event, table, kind, keyColumns, row, oldKey, Writing.AS_EXPECTED);
    }

    private Change(
            Event event, TableName table, Kind kind, List<String> keyColumns, Row row, Row oldKey, Writing writing) {
        this.writing = writing;
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

    /** The same change of the subscriber's table. */
    public Change replicated(TableName target, Kind as, Row image, Row key, Writing how) {
        return new Change(event, target, as, keyColumns, image, key, how);
    }

    /** How the row is written. */
    public Writing writing() {
        return writing;
    }

    /**
     * Whether only some rows or operations of the table are replicated, so that it is not known whether the row is on the
     * subscriber: a DELETE may find nothing as well.
     */
    public boolean isFiltered() {
        return writing != Writing.AS_EXPECTED;
    }

    /** The event it was read from. */
    public Event event() {
        return event;
    }

    /** The table on the provider, until the change is applied; null if the kind is unknown. */
    public TableName table() {
        return table;
    }

    /** The kind of change. */
    public Kind kind() {
        return kind;
    }

    /** The columns that identify the row; empty if the event does not name them. */
    public List<String> keyColumns() {
        return keyColumns;
    }

    /**
     * The new row; for a DELETE the old one (at least its key); for {@code UPDATE}s in some forms only the changed
     * columns and the key; null for kinds without a row.
     */
    public Row row() {
        return row;
    }

    /** The key before an UPDATE that changed it, else null. */
    public Row oldKey() {
        return oldKey;
    }

    /**
     * The text of a column's value; null if the value is null, or if the change has no row or the row not that column.
     */
    public String get(String column) {
        return row != null && row.has(column) ? row.get(column) : null;
    }

    /** Sets a column's value, given as text, if the change has a row with that column. */
    public Change set(String column, String text) {
        if (row != null && row.has(column)) {
            row.set(column, text);
        }
        return this;
    }

    /** Drops the change: it is not applied, and counted as ignored. */
    public Change leaveOut() {
        leftOut = true;
        return this;
    }

    /** Whether the change was dropped. */
    public boolean isLeftOut() {
        return leftOut;
    }

    /** Its approximate size in memory, in characters. */
    public int size() {
        return 200 + (row == null ? 0 : row.size());
    }
}
