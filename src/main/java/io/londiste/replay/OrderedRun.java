package io.londiste.replay;

import io.londiste.SqlState;
import io.londiste.replay.Change.Kind;
import io.londiste.replay.NetChanges.Move;
import io.londiste.table.TableName;
import io.londiste.table.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Applies changes one by one in the order of their events.
 *
 * <p>A row that is not as expected is made so, and counted. A change that breaks a constraint waits until the others
 * have been tried: the provider may have had a foreign key act in between. Later changes of the same row wait with it.
 * Only when a whole round brings nothing forward does the first such change fail.
 */
final class OrderedRun {
    private final Connection transaction;
    private final Shapes shapes;
    private final TableWriter writer;
    private final Map<TableName, Counts> counts;

    /** Where shapes come from. */
    @FunctionalInterface
    interface Shapes {
        TableShape of(TableName table) throws SQLException;
    }

    OrderedRun(Connection transaction, Shapes shapes, TableWriter writer, Map<TableName, Counts> counts) {
        this.transaction = transaction;
        this.shapes = shapes;
        this.writer = writer;
        this.counts = counts;
    }

    void apply(List<Change> changes) throws SQLException {
        List<Change> waiting = changes;
        while (!waiting.isEmpty()) {
            List<Change> still = new ArrayList<>();
            Set<String> held = new HashSet<>();
            TableException first = null;
            for (Change change : waiting) {
                TableException error = null;
                List<String> rows = rows(change);
                if (rows.stream().noneMatch(held::contains)) {
                    error = tryToApply(change);
                    if (error == null) {
                        continue;
                    }
                }
                first = first == null ? error : first;
                held.addAll(rows);
                still.add(change);
            }
            if (still.size() == waiting.size()) {
                throw first;
            }
            waiting = still;
        }
    }

    /** The rows that the change is about, by table and key. */
    private List<String> rows(Change change) throws SQLException {
        List<String> key = NetChanges.keyColumns(change, shapes.of(change.table()));
        String row = change.table() + " " + change.row().key(key);
        return change.oldKey() == null
                ? List.of(row)
                : List.of(row, change.table() + " " + change.oldKey().key(key));
    }

    /** Returns the constraint's violation if there was one; the change has left no trace then. */
    private TableException tryToApply(Change change) throws SQLException {
        Savepoint before = transaction.setSavepoint();
        try {
            apply(change);
            transaction.releaseSavepoint(before);
            return null;
        } catch (TableException e) {
            if (!SqlState.isConstraintViolation(e)) {
                throw e;
            }
            transaction.rollback(before);
            transaction.releaseSavepoint(before);
            return e;
        }
    }

    private void apply(Change change) throws SQLException {
        TableShape shape = shapes.of(change.table());
        TableSql sql = new TableSql(shape);
        List<String> key = NetChanges.keyColumns(change, shape);
        Row row = change.row();
        boolean expected =
                switch (change.kind()) {
                    case INSERT -> !update(sql, shape, change, key) && insert(sql, shape, row);
                    case UPDATE -> update(sql, shape, change, key) || !insert(sql, shape, row);
                    default -> writer.write(shape.name(), sql.delete(key), List.of(row)) == 1;
                };
        if (!expected) {
            counts.merge(change.table(), Counts.NONE.plusUnexpected(), Counts::plus);
        }
    }

    /** Returns whether there was such a row. */
    private boolean update(TableSql sql, TableShape shape, Change change, List<String> key) throws SQLException {
        Row row = change.row();
        if (change.kind() == Kind.UPDATE && change.oldKey() != null) {
            if (writer.count(shape.name(), sql.count(key), row) == 0) {
                Move move = new Move(change.oldKey(), row);
                return writer.move(shape.name(), sql.move(row.layout(), key), List.of(move)) == 1;
            }
            // there is a row under the new key already: it is the one to keep
            writer.write(shape.name(), sql.delete(key), List.of(change.oldKey()));
        }
        String statement = sql.update(row.layout(), key);
        return statement == null
                ? writer.count(shape.name(), sql.count(key), row) == 1
                : writer.write(shape.name(), statement, List.of(row)) == 1;
    }

    private boolean insert(TableSql sql, TableShape shape, Row row) throws SQLException {
        return writer.write(shape.name(), sql.insert(row.layout()), List.of(row)) == 1;
    }
}
