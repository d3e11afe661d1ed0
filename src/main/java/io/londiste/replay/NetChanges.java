package io.londiste.replay;

import io.londiste.table.TableShape;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The net effect of a run of changes on one table: rows that are inserted, changed, moved to another key, or deleted.
 *
 * <p>Whether a row was there before the run is inferred from the changes; the applier checks it against the rows that
 * it finds. Changes whose net effect cannot be determined make the run {@link #isInOrderOnly() one to apply in order}.
 */
final class NetChanges {
    /**
     * A row that occurs in the run: the key it had before the run (null if it is new), and its present image.
     *
     * @param returned whether it was deleted and inserted again, so that it certainly had that key
     */
    private record Net(Row origin, Row image, boolean returned) {}

    /** A row that has another key now than before the run. */
    record Move(Row origin, Row image) {}

    private final TableShape shape;
    private final RowKeys keys;
    private final Map<String, Net> alive = new LinkedHashMap<>();
    private final Map<String, Row> gone = new LinkedHashMap<>();
    private List<String> key = List.of();
    private boolean inOrderOnly;
    private int missing;

    NetChanges(TableShape shape, RowKeys keys) {
        this.shape = shape;
        this.keys = keys;
    }

    TableShape shape() {
        return shape;
    }

    /** The columns that identify rows; they are the same for all changes unless {@link #isInOrderOnly()}. */
    List<String> key() {
        return key;
    }

    /** Whether the changes have to be applied one after the other to get the right rows. */
    boolean isInOrderOnly() {
        return inOrderOnly;
    }

    void add(Change change) {
        List<String> keyColumns = keyColumns(change, shape);
        inOrderOnly |= !key.isEmpty() && !key.equals(keyColumns);
        // a change may meet several rows then, which the number of all rows met would not show
        inOrderOnly |= shape.key().isEmpty() || !keyColumns.containsAll(shape.key());
        key = keyColumns;
        Row row = change.row();
        switch (change.kind()) {
            case INSERT -> insert(row);
            case UPDATE -> update(change.oldKey() == null ? row : change.oldKey(), row);
            default -> delete(row);
        }
    }

    /** The columns that identify a change's row: those that the event names, otherwise the subscriber's key. */
    static List<String> keyColumns(Change change, TableShape shape) {
        List<String> columns = change.keyColumns().isEmpty() ? shape.key() : change.keyColumns();
        if (columns.isEmpty()) {
            throw new TableException(shape.name(), "it has no primary key on either side", null);
        }
        return columns;
    }

    private void insert(Row row) {
        Net before = alive.get(key(row));
        if (before != null && before.returned) {
            alive.put(key(row), new Net(before.origin, row, true));
        } else {
            // a row with an update but no insert so far is still new: a trigger on the provider updated it before its
            // insert was captured
            Row origin = gone.remove(key(row));
            // an update would leave the columns that it does not contain as they were before the delete
            inOrderOnly |= origin != null && !bringsAllColumns(row);
            alive.put(key(row), new Net(origin, row, origin != null));
        }
    }

    private void update(Row before, Row row) {
        Net net = alive.remove(key(before));
        if (net == null) {
            // after its delete: a trigger on the provider inserted the row again before the delete was captured
            Row back = gone.remove(key(before));
            net = new Net(back == null ? before : back, null, back != null);
        }
        boolean partly = net.image != null && !row.layout().containsAll(net.image.layout());
        alive.put(key(row), new Net(net.origin, partly ? net.image.with(row) : row, net.returned));
    }

    private void delete(Row row) {
        Net net = alive.remove(key(row));
        if (net == null) {
            gone.put(key(row), row);
        } else if (net.origin != null) {
            gone.put(key(net.origin), net.origin);
        }
    }

    private String key(Row row) {
        return keys.of(shape, row, key);
    }

    private boolean bringsAllColumns(Row row) {
        return shape.columns().stream().allMatch(column -> column.generated() || row.has(column.name()));
    }

    /** Rows that existed and were deleted; for some only the key is known. */
    Collection<Row> deletes() {
        return gone.values();
    }

    /** The number of {@link #deletes} that found a row. */
    void deleted(int rows) {
        missing = gone.size() - rows;
    }

    /** The number of deletes that found no row. */
    int missing() {
        return missing;
    }

    /**
     * Rows that have another key now, or the same in another spelling, those with the same columns together, since they
     * share a statement.
     */
    Map<List<String>, List<Move>> moves() {
        return alive.values().stream()
                .filter(net -> net.origin != null && !isInPlace(net))
                .map(net -> new Move(net.origin, net.image))
                .collect(Collectors.groupingBy(move -> move.image.layout(), LinkedHashMap::new, Collectors.toList()));
    }

    /** Rows that changed and kept their key, by their columns. */
    Map<List<String>, List<Row>> updates() {
        return images(net -> net.origin != null && isInPlace(net));
    }

    /** New rows, by their columns. */
    Map<List<String>, List<Row>> inserts() {
        return images(net -> net.origin == null);
    }

    private boolean isInPlace(Net net) {
        return RowKeys.isSpelledAlike(net.origin, net.image, key);
    }

    private Map<List<String>, List<Row>> images(Predicate<Net> which) {
        return alive.values().stream()
                .filter(which)
                .map(Net::image)
                .collect(Collectors.groupingBy(Row::layout, LinkedHashMap::new, Collectors.toList()));
    }
}
