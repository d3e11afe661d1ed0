package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.change.Change.Kind;
import io.londiste.change.Change.Writing;
import io.londiste.change.Row;
import io.londiste.change.TableName;
import io.londiste.db.SqlState;
import io.londiste.replay.NetChanges.Move;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import io.londiste.table.TableShapes;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Applies changes one by one in the order of their events.
 *
 * <p>A row that is not as expected is corrected and counted. A change that violates a constraint waits until the others
 * have been tried: a foreign key's action may have run on the provider in between. Later changes of the same row wait
 * with it. When a whole round applies nothing more, the remaining changes are tried together with later ones.
 */
final class OrderedRun {
    private final Connection transaction;
    private final Shapes shapes;
    private final TableShapes catalog;
    private final TableWriter writer;
    private final Map<TableName, Counts> counts;
    private TableException obstacle;

    /** Provides the shapes of tables. */
    @FunctionalInterface
    interface Shapes {
        TableShape of(TableName table) throws SQLException;
    }

    OrderedRun(
            Connection transaction,
            Shapes shapes,
            TableShapes catalog,
            TableWriter writer,
            Map<TableName, Counts> counts) {
        this.transaction = transaction;
        this.shapes = shapes;
        this.catalog = catalog;
        this.writer = writer;
        this.counts = counts;
    }

    /** The constraint that last kept a change waiting; null if none did. */
    TableException obstacle() {
        return obstacle;
    }

    /** Returns the changes that still wait, in their order. */
    List<Change> apply(List<Change> changes, RowKeys keys) throws SQLException {
        List<Change> waiting = changes;
        while (!waiting.isEmpty()) {
            List<Change> still = round(waiting, keys);
            if (still.size() == waiting.size()) {
                return still;
            }
            waiting = still;
        }
        return waiting;
    }

    private List<Change> round(List<Change> changes, RowKeys keys) throws SQLException {
        WaitingChanges waiting = new WaitingChanges(shapes, keys);
        for (Change change : changes) {
            if (waiting.holds(change) || !tryToApply(change, keys)) {
                waiting.add(change);
            }
        }
        return waiting.all();
    }

    /** Returns whether the change violated no constraint; if it did, it was rolled back. */
    private boolean tryToApply(Change change, RowKeys keys) throws SQLException {
        Savepoint before = transaction.setSavepoint();
        boolean applied = true;
        try {
            apply(change, keys);
        } catch (TableException e) {
            if (!SqlState.isConstraintViolation(e)) {
                throw e;
            }
            transaction.rollback(before);
            obstacle = withKeys(e, change);
            applied = false;
        }
        transaction.releaseSavepoint(before);
        return applied;
    }

    /** A row that the provider's key does not identify on the subscriber may violate the subscriber's key. */
    private TableException withKeys(TableException error, Change change) throws SQLException {
        String differ = differentKeys(shapes.of(change.table()), change.keyColumns());
        return differ.isEmpty() ? error : new TableException(error.table(), error.reason() + differ, error.getCause());
    }

    private static String differentKeys(TableShape shape, List<String> key) {
        return key.isEmpty() || key.equals(shape.key())
                ? ""
                : "; the primary key is (%s) on the provider and %s on the subscriber: make them the same"
                        .formatted(
                                String.join(", ", key),
                                shape.key().isEmpty() ? "missing" : "(" + String.join(", ", shape.key()) + ")");
    }

    private void apply(Change change, RowKeys keys) throws SQLException {
        TableShape shape = shapes.of(change.table());
        TableSql sql = new TableSql(shape, true);
        List<String> key = NetChanges.keyColumns(change, shape);
        Row row = change.row();
        boolean respelled =
                change.oldKey() != null && keys.of(shape, change.oldKey(), key).equals(keys.of(shape, row, key));
        if (change.writing() == Writing.INSERT_ONLY && change.kind() != Kind.DELETE) {
            insertOnly(sql, shape, row, key);
            return;
        }
        boolean expected =
                switch (change.kind()) {
                    case INSERT -> !update(sql, shape, change, key, false) && insert(sql, shape, row);
                    case UPDATE ->
                        update(sql, shape, change, key, respelled)
                                || change.writing() == Writing.UPDATE_ONLY
                                || !insert(sql, shape, row);
                    default -> delete(sql, shape, row, key) || catalog.cascades(transaction, shape.name());
                };
        if (!expected && !change.isFiltered()) {
            counts.merge(change.table(), Counts.NONE.plusUnexpected(), Counts::plus);
        }
    }

    /**
     * Returns whether the row was found.
     *
     * @param respelled whether the old key is the new one in another spelling
     */
    private boolean update(TableSql sql, TableShape shape, Change change, List<String> key, boolean respelled)
            throws SQLException {
        if (updateWhatMayBeSet(sql, shape, change, key, respelled)) {
            return true;
        }
        if (change.kind() != Kind.UPDATE && !shape.hasAlwaysIdentity()) {
            return false; // an insert whose row is not there, as it should be
        }
        Row before = change.kind() == Kind.UPDATE && change.oldKey() != null ? change.oldKey() : change.row();
        if (writer.count(shape.name(), sql.count(key), List.of(before)) == 0) {
            return false;
        }
        if (!shape.hasAlwaysIdentity()) {
            throw SkippedException.of("update", shape, transaction);
        }
        // UPDATE ... SET id = DEFAULT on the provider: only while identities are BY DEFAULT may UPDATE bring the value
        setIdentities(shape, "by default");
        boolean met = updateWhatMayBeSet(new TableSql(shape.settable(), true), shape, change, key, respelled);
        setIdentities(shape, "always");
        if (!met) {
            throw SkippedException.of("update", shape, transaction);
        }
        return true;
    }

    private void setIdentities(TableShape shape, String kind) throws SQLException {
        writer.alter(
                shape.name(),
                shape.columns().stream()
                        .filter(Column::alwaysIdentity)
                        .map(c -> "alter " + c.quoted() + " set generated " + kind)
                        .collect(Collectors.joining(
                                ", ", "alter table " + shape.name().quoted() + " ", "")));
    }

    private boolean updateWhatMayBeSet(
            TableSql sql, TableShape shape, Change change, List<String> key, boolean respelled) throws SQLException {
        Row row = change.row();
        if (change.kind() == Kind.UPDATE && change.oldKey() != null) {
            if (respelled || writer.count(shape.name(), sql.count(key), List.of(row)) == 0) {
                Move move = new Move(change.oldKey(), row);
                return isOne(shape, key, writer.move(shape.name(), sql.move(row.layout(), key), List.of(move)));
            }
            // there already is a row with the new key: that one is kept
            delete(sql, shape, change.oldKey(), key);
        }
        String statement = sql.update(row.layout(), key);
        return isOne(
                shape,
                key,
                statement == null
                        ? writer.count(shape.name(), sql.count(key), List.of(row))
                        : writer.write(shape.name(), statement, List.of(row)));
    }

    /** Returns whether the row was found; it does not exist afterwards. */
    private boolean delete(TableSql sql, TableShape shape, Row row, List<String> key) throws SQLException {
        boolean found = isOne(shape, key, writer.write(shape.name(), sql.delete(key), List.of(row)));
        if (!found && writer.count(shape.name(), sql.count(key), List.of(row)) > 0) {
            throw SkippedException.of("delete", shape, transaction);
        }
        return found;
    }

    private static boolean isOne(TableShape shape, List<String> key, int rows) {
        if (rows > 1) {
            throw new TableException(
                    shape.name(),
                    rows + " rows of the subscriber's table have the same key (" + String.join(", ", key)
                            + "), and a change is meant for one row: make the key unique, then copy the table again"
                            + " (londiste ... subscriber resync " + shape.name() + ")",
                    null);
        }
        return rows == 1;
    }

    private void insertOnly(TableSql sql, TableShape shape, Row row, List<String> key) throws SQLException {
        String upsert = sql.upsert(row.layout(), key, Writing.INSERT_ONLY);
        if (!isOne(shape, key, writer.upsert(shape.name(), upsert, List.of(row)))) {
            throw SkippedException.of("insert", shape, transaction);
        }
    }

    private boolean insert(TableSql sql, TableShape shape, Row row) throws SQLException {
        if (writer.write(shape.name(), sql.insert(row.layout()), List.of(row)) != 1) {
            throw SkippedException.of("insert", shape, transaction);
        }
        return true;
    }
}
