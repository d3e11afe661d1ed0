package io.londiste.replay;

import io.londiste.SqlState;
import io.londiste.replay.Change.Kind;
import io.londiste.table.TableName;
import io.londiste.table.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Applies changes one by one in the order of their events.
 *
 * <p>A row that is not as expected is made so, and counted. A change that breaks a constraint waits until the others
 * have been tried: the provider may have had a foreign key act in between. Only when a whole round brings nothing
 * forward does the first such change fail.
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
            TableException first = null;
            List<Change> still = new ArrayList<>();
            for (Change change : waiting) {
                Savepoint before = transaction.setSavepoint();
                try {
                    apply(change);
                } catch (TableException e) {
                    if (!SqlState.isConstraintViolation(e)) {
                        throw e;
                    }
                    transaction.rollback(before);
                    first = first == null ? e : first;
                    still.add(change);
                }
                transaction.releaseSavepoint(before);
            }
            if (still.size() == waiting.size()) {
                throw first;
            }
            waiting = still;
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
                return writer.write(shape.name(), sql.move(row.layout(), key), row, change.oldKey()) == 1;
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
