package io.londiste.change;

import io.londiste.change.Change.Kind;
import io.londiste.pgq.Event;
import io.londiste.pgq.JsonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rows of a change as Java values.
 *
 * @param keyColumns the columns that identify the row; empty if the event does not name them
 * @param row the row after the change, or before a DELETE; null if there is none
 * @param old what the event says of the row before an UPDATE: all of it, its key, or null
 */
record Rows(List<String> keyColumns, Map<String, Object> row, Map<String, Object> old) {
    static Rows of(Change change) {
        if (change.row() == null) {
            return new Rows(change.keyColumns(), null, null);
        }
        Event event = change.event();
        if (event.type().startsWith("{")) { // the types of JSON are more useful than the exact text of arrays
            return new Rows(
                    change.keyColumns(),
                    JsonText.object(event.data()),
                    event.extra2() == null ? null : JsonText.object(event.extra2()));
        }
        Optional<Row> backup = change.kind() == Kind.UPDATE ? ChangeDecoder.backup(change) : Optional.empty();
        return new Rows(change.keyColumns(), texts(change.row()), texts(backup.orElse(change.oldKey())));
    }

    private static Map<String, Object> texts(Row row) {
        if (row == null) {
            return null;
        }
        Map<String, Object> texts = new LinkedHashMap<>();
        row.columns().forEach(column -> texts.put(column, row.get(column)));
        return texts;
    }

    /** The key columns of a row; null for null. */
    Map<String, Object> key(Map<String, Object> values) {
        if (values == null) {
            return null;
        }
        Map<String, Object> key = new LinkedHashMap<>(values);
        key.keySet().retainAll(keyColumns);
        return key;
    }

    /** The row before the change, if the event has more of it than the key; else null. */
    Map<String, Object> before() {
        return old == null || keyColumns.containsAll(old.keySet()) ? null : old;
    }
}
