package io.londiste.replay;

import io.londiste.table.TableShape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run of changes comes to for one table: for each key its last row, or that it is gone.
 *
 * <p>Whether a key was there before the run decides if its row is inserted or updated. That is inferred from the
 * changes; the applier checks it against the rows that it meets. Changes whose net effect cannot be told make the run
 * {@link #isInOrderOnly() one to apply in order}.
 */
final class NetChanges {
    /** A key's fate: {@code image} is its last row, null if it is gone. */
    private record Net(Row key, boolean existed, Row image) {}

    private final TableShape shape;
    private final Map<String, Net> byKey = new LinkedHashMap<>();
    private List<String> key = List.of();
    private boolean inOrderOnly;

    NetChanges(TableShape shape) {
        this.shape = shape;
    }

    TableShape shape() {
        return shape;
    }

    /** The columns that identify rows; they are the same for all changes unless {@link #isInOrderOnly()}. */
    List<String> key() {
        return key;
    }

    /** Whether only the changes themselves, one after the other, lead to the right rows. */
    boolean isInOrderOnly() {
        return inOrderOnly;
    }

    void add(Change change) {
        List<String> keyColumns = keyColumns(change, shape);
        inOrderOnly |= !key.isEmpty() && !key.equals(keyColumns);
        key = keyColumns;
        String rowKey = change.row().key(keyColumns);
        switch (change.kind()) {
            case INSERT -> insert(rowKey, change.row());
            case UPDATE -> {
                String oldKey =
                        change.oldKey() == null ? rowKey : change.oldKey().key(keyColumns);
                if (oldKey.equals(rowKey)) {
                    update(rowKey, change.row());
                } else {
                    move(oldKey, rowKey, change);
                }
            }
            default -> delete(rowKey, change.row());
        }
    }

    /** The columns that identify a change's row: the event's own, or the subscriber's key where it does not tell. */
    static List<String> keyColumns(Change change, TableShape shape) {
        List<String> columns = change.keyColumns().isEmpty() ? shape.key() : change.keyColumns();
        if (columns.isEmpty()) {
            throw new TableException(shape.name(), "it has no primary key on either side", null);
        }
        return columns;
    }

    private void insert(String rowKey, Row row) {
        Net before = byKey.get(rowKey);
        // an update before its insert: a trigger on the provider updated the new row before the insert was captured
        boolean existed = before != null && before.existed && before.image == null;
        byKey.put(rowKey, new Net(row, existed, row));
    }

    private void update(String key, Row row) {
        Net before = byKey.get(key);
        if (before == null) {
            byKey.put(key, new Net(row, true, row));
        } else {
            inOrderOnly |= before.image == null;
            byKey.put(key, new Net(row, before.existed, onto(before.image, row)));
        }
    }

    private void move(String oldKey, String key, Change change) {
        Net old = byKey.get(oldKey);
        Net target = byKey.get(key);
        // a row of which only the changed columns are known can be moved by UPDATE, but not be written anew
        inOrderOnly |= (old != null && old.image == null)
                || (old == null
                        && change.row().layout().size() < shape.writable().size());
        Row image = onto(old == null ? null : old.image, change.row());
        delete(oldKey, change.oldKey());
        byKey.put(key, new Net(image, target != null && target.existed && target.image == null, image));
    }

    private void delete(String key, Row keyRow) {
        Net before = byKey.get(key);
        inOrderOnly |= before != null && before.image == null;
        if (before == null || before.existed) {
            byKey.put(key, new Net(keyRow, true, null));
        } else {
            byKey.remove(key);
        }
    }

    private static Row onto(Row before, Row row) {
        return before == null || row.layout().size() >= before.layout().size() ? row : before.with(row);
    }

    /** Keys that were there before and are gone now. */
    Map<List<String>, List<Row>> deletes() {
        return select(true, false);
    }

    /** Rows that are new. */
    Map<List<String>, List<Row>> inserts() {
        return select(false, true);
    }

    /** Rows that were there before and are others now. */
    Map<List<String>, List<Row>> updates() {
        return select(true, true);
    }

    /** Rows with the same columns together, since they share a statement. */
    private Map<List<String>, List<Row>> select(boolean existed, boolean exists) {
        Map<List<String>, List<Row>> byLayout = new LinkedHashMap<>();
        for (Net net : byKey.values()) {
            if (net.existed == existed && (net.image != null) == exists) {
                Row row = exists ? net.image : net.key;
                byLayout.computeIfAbsent(row.layout(), layout -> new ArrayList<>())
                        .add(row);
            }
        }
        return byLayout;
    }
}
