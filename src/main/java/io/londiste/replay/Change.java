package io.londiste.replay;

import io.londiste.pgq.Event;
import io.londiste.table.TableName;
import java.util.List;

/**
 * What one event says about one table.
 *
 * @param event the event it was read from
 * @param table the table on the provider
 * @param kind what happened
 * @param keyColumns the columns that identify the row; empty where the event does not tell
 * @param row the new row, of a DELETE the old one (with its key at least), of {@code UPDATE}s of some forms only the
 *     changed columns and the key; null for kinds without a row. A route may change its values
 * @param oldKey the key before an UPDATE that changed it, else null
 */
public record Change(Event event, TableName table, Kind kind, List<String> keyColumns, Row row, Row oldKey) {
    /** What can happen to a table. */
    public enum Kind {
        INSERT,
        UPDATE,
        DELETE,
        TRUNCATE,
        /** The table was taken out of the replication on the provider. */
        REMOVE_TABLE,
        /** An event that is not about a table, or of a type that is not known: it is counted and passed over. */
        UNKNOWN
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

    static Change without(Event event, TableName table, Kind kind) {
        return new Change(event, table, kind, List.of(), null, null);
    }

    /** About how much memory it takes, in characters. */
    int size() {
        return 200 + (row == null ? 0 : row.size());
    }
}
