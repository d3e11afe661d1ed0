package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.change.Change.Kind;
import io.londiste.change.Change.Writing;
import io.londiste.change.Row;
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
 * it finds. Of a table of which only some rows or operations are replicated, nothing is inferred: rows are left there or deleted,
 * whether they were there or not. Changes whose net effect cannot be determined make the run {@link #isInOrderOnly() one to apply
 * in order}.
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
    /** Rows of a filtered table that were inserted or changed last, whether they were there before or not. */
    private final Map<String, Row> present = new LinkedHashMap<>();

    private List<String> key = List.of();
    private Writing writing = Writing.AS_EXPECTED;
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
        if (change.isFiltered()) {
            writing = change.writing(); // the same for all changes of a table
            addFiltered(change, row);
            return;
        }
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

    private void addFiltered(Change change, Row row) {
        String changed = key(row);
        if (change.kind() == Kind.DELETE) {
            present.remove(changed);
            gone.put(changed, row);
            return;
        }
        inOrderOnly |= change.oldKey() != null;
        Row before = present.get(changed);
        switch (writing) {
            case INSERT_ONLY -> { // the first row stays, after a delete of the one before it
                inOrderOnly |= before != null && !RowKeys.isSpelledAlike(before, row, key);
                present.putIfAbsent(changed, row);
            }
            case UPDATE_ONLY -> {
                if (!gone.containsKey(changed)) {
                    present.put(changed, changed(before, row));
                }
            }
            default -> {
                inOrderOnly |= gone.containsKey(changed) && !bringsAllColumns(row);
                gone.remove(changed);
                present.put(changed, changed(before, row));
            }
        }
    }

    /** @param row may lack columns */
    private static Row changed(Row before, Row row) {
        boolean partly = before != null && !row.layout().containsAll(before.layout());
        return partly ? before.with(row) : row;
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
        alive.put(key(row), new Net(net.origin, changed(net.image, row), net.returned));
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

    /** Whether it is not known which rows were there before. */
    boolean isFiltered() {
        return writing != Writing.AS_EXPECTED;
    }

    /** How {@link #upserts} are written. */
    Writing writing() {
        return writing;
    }

    /** Rows that are inserted, or written where one of their key is, if it is not known whether there is one; by their columns. */
    Map<List<String>, List<Row>> upserts() {
        return present.values().stream()
                .collect(Collectors.groupingBy(Row::layout, LinkedHashMap::new, Collectors.toList()));
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
