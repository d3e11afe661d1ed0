package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.change.Change.Writing;
import io.londiste.change.Row;
import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.replay.NetChanges.Move;
import io.londiste.replay.OrderedRun.Shapes;
import io.londiste.replay.TableWriter.Write;
import io.londiste.table.TableShapes;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies changes by their net effect, with one statement for each table and kind: deletes from the children to the
 * parents, then the other changes from the parents to the children.
 */
final class SetRun {
    private static final Logger LOG = LoggerFactory.getLogger(SetRun.class);

    private static final String SAVEPOINT = "londiste_set";

    /** More statements are run one by one: their combination will hardly be the same again. */
    private static final int MOST_TOGETHER = 16;

    private final Connection transaction;
    private final Shapes shapes;
    private final TableShapes catalog;
    private final TableWriter writer;
    private final Map<TableName, Counts> counts;
    private final KnownStatements known;

    SetRun(
            Connection transaction,
            Shapes shapes,
            TableShapes catalog,
            TableWriter writer,
            Map<TableName, Counts> counts,
            KnownStatements known) {
        this.transaction = transaction;
        this.shapes = shapes;
        this.catalog = catalog;
        this.writer = writer;
        this.counts = counts;
        this.known = known;
    }

    /**
     * Applies the net effect and returns true if all rows were as expected; otherwise rolls it back.
     *
     * @param ending is done as well if that takes no round trip of its own; null if more is to be written
     */
    boolean apply(List<Change> changes, RowKeys keys, Ending ending) throws SQLException {
        Map<TableName, NetChanges> net = new LinkedHashMap<>();
        for (Change change : changes) {
            NetChanges table = net.get(change.table());
            if (table == null) {
                table = new NetChanges(shapes.of(change.table()), keys);
                net.put(change.table(), table);
            }
            table.add(change);
        }
        if (net.values().stream().anyMatch(NetChanges::isInOrderOnly)) {
            return false;
        }
        List<NetChanges> parentsFirst = parentsFirst(net.values());
        Boolean together = applyTogether(parentsFirst, ending);
        if (together != null) {
            return together;
        }
        Savepoint before = transaction.setSavepoint();
        boolean applied = applySetsOf(parentsFirst);
        if (!applied) {
            transaction.rollback(before);
        }
        transaction.releaseSavepoint(before);
        if (applied) {
            for (NetChanges table : parentsFirst) {
                countMissing(table);
            }
        }
        return applied;
    }

    /**
     * Writes everything in one round trip, which is what most batches need: then each statement must find all its rows.
     *
     * @return whether all rows were as expected; null if that is to be found out one by one. If not true, nothing was written
     */
    private Boolean applyTogether(List<NetChanges> parentsFirst, Ending ending) throws SQLException {
        List<Write> writes = writes(parentsFirst);
        if (writes.isEmpty()) {
            return true;
        }
        String statements = TableWriter.together(SAVEPOINT, writes, ending);
        if (writes.size() > MOST_TOGETHER || !known.areWorthOneRoundTrip(statements)) {
            return null;
        }
        try {
            writer.writeTogether(statements, writes, ending);
            return true; // the transaction's end releases the savepoint
        } catch (SQLException e) {
            if (SqlState.isPassing(e) && !SqlState.isLockTimeout(e)) {
                throw e;
            }
            LOG.debug("not in one round trip: {}", e.getMessage());
            rollback(e);
            // one by one, the error's table is known, and deletes and moves that find no row may be right nevertheless
            return ending == null && SqlState.isConstraintViolation(e) ? false : null;
        }
    }

    /** If the transaction has ended, because its commit failed, the error is that of the batch. */
    private void rollback(SQLException error) throws SQLException {
        try {
            Jdbc.execute(transaction, "rollback to savepoint " + SAVEPOINT + "; release savepoint " + SAVEPOINT);
        } catch (SQLException e) {
            error.addSuppressed(e);
            throw error;
        }
    }

    /** The statements of {@link #applySetsOf}, in their order. */
    private static List<Write> writes(List<NetChanges> parentsFirst) {
        List<Write> writes = new ArrayList<>();
        for (int i = parentsFirst.size() - 1; i >= 0; i--) {
            NetChanges table = parentsFirst.get(i);
            if (!table.deletes().isEmpty() && table.isFiltered()) {
                TableName name = table.shape().name();
                TableSql sql = sql(table, table.deletes());
                String rows = TableWriter.json(table.deletes());
                writes.add(Write.any(name, sql.delete(table.key()), rows));
                writes.add(Write.none(name, sql.count(table.key()), rows));
            } else if (!table.deletes().isEmpty()) {
                add(writes, table, sql(table, table.deletes()).delete(table.key()), table.deletes());
            }
        }
        for (NetChanges table : parentsFirst) {
            for (var moves : table.moves().entrySet()) {
                writes.add(Write.of(
                        table.shape().name(),
                        sql(table, moves.getValue()).move(moves.getKey(), table.key()),
                        TableWriter.moves(moves.getValue()),
                        moves.getValue().size()));
            }
            for (var rows : table.updates().entrySet()) {
                String update = sql(table, rows.getValue()).update(rows.getKey(), table.key());
                if (update != null) {
                    add(writes, table, update, rows.getValue());
                }
            }
            for (var rows : table.inserts().entrySet()) {
                add(writes, table, sql(table, rows.getValue()).insert(rows.getKey()), rows.getValue());
            }
            for (var rows : table.upserts().entrySet()) {
                TableName name = table.shape().name();
                TableSql sql = sql(table, rows.getValue());
                String json = TableWriter.json(rows.getValue());
                String update = sql.update(rows.getKey(), table.key());
                if (table.writing() != Writing.UPDATE_ONLY) {
                    String upsert = sql.upsert(rows.getKey(), table.key(), table.writing());
                    writes.add(Write.upsert(name, upsert, json, rows.getValue().size()));
                } else if (update != null) {
                    writes.add(Write.any(name, update, json));
                }
            }
        }
        return writes;
    }

    private static void add(List<Write> writes, NetChanges table, String sql, Collection<Row> rows) {
        writes.add(Write.of(table.shape().name(), sql, TableWriter.json(rows), rows.size()));
    }

    /** Returns whether all rows were as expected. */
    private boolean applySetsOf(List<NetChanges> parentsFirst) throws SQLException {
        try {
            for (int i = parentsFirst.size() - 1; i >= 0; i--) {
                if (!delete(parentsFirst.get(i))) {
                    return false;
                }
            }
            for (NetChanges table : parentsFirst) {
                if (!move(table) || !update(table) || !insert(table) || !upsert(table)) {
                    return false;
                }
            }
            return true;
        } catch (TableException e) {
            if (SqlState.isConstraintViolation(e)) {
                LOG.debug("not as sets: {}", e.getMessage());
                return false;
            }
            throw e;
        }
    }

    private List<NetChanges> parentsFirst(Collection<NetChanges> tables) throws SQLException {
        record Ranked(NetChanges table, int rank) {}
        List<Ranked> ranked = new ArrayList<>();
        for (NetChanges table : tables) {
            ranked.add(new Ranked(table, catalog.rank(transaction, table.shape().name())));
        }
        return ranked.stream()
                .sorted(Comparator.comparingInt(Ranked::rank))
                .map(Ranked::table)
                .toList();
    }

    /**
     * Deletes rows. Those that are already gone are no reason to apply in order; {@link #countMissing} counts them.
     * Returns whether none of them exists afterwards.
     */
    private boolean delete(NetChanges table) throws SQLException {
        if (table.deletes().isEmpty()) {
            return true;
        }
        TableName name = table.shape().name();
        TableSql sql = sql(table, table.deletes());
        table.deleted(writer.write(name, sql.delete(table.key()), table.deletes()));
        return table.missing() == 0 || writer.count(name, sql.count(table.key()), table.deletes()) == 0;
    }

    /**
     * Counts deletes that found no row as unexpected, unless a foreign key may have deleted the row with its parent, or
     * the row need not have been there.
     */
    private void countMissing(NetChanges table) throws SQLException {
        TableName name = table.shape().name();
        if (table.missing() > 0 && !table.isFiltered() && !catalog.cascades(transaction, name)) {
            counts.merge(name, new Counts(0, 0, 0, 0, table.missing()), Counts::plus);
        }
    }

    private boolean move(NetChanges table) throws SQLException {
        for (var moves : table.moves().entrySet()) {
            String sql = sql(table, moves.getValue()).move(moves.getKey(), table.key());
            int met = writer.move(table.shape().name(), sql, moves.getValue());
            if (met != moves.getValue().size() && !isMovedByParents(table, moves.getKey(), moves.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** A foreign key may have moved rows together with their parents: then they are found under their new keys. */
    private boolean isMovedByParents(NetChanges table, List<String> layout, List<Move> moves) throws SQLException {
        String sql = sql(table, moves).update(layout, table.key());
        return sql != null && write(table, sql, moves.stream().map(Move::image).toList());
    }

    private boolean update(NetChanges table) throws SQLException {
        for (var rows : table.updates().entrySet()) {
            String sql = sql(table, rows.getValue()).update(rows.getKey(), table.key());
            if (sql != null && !write(table, sql, rows.getValue())) {
                return false;
            }
        }
        return true;
    }

    private boolean insert(NetChanges table) throws SQLException {
        for (var rows : table.inserts().entrySet()) {
            if (!write(table, sql(table, rows.getValue()).insert(rows.getKey()), rows.getValue())) {
                return false;
            }
        }
        return true;
    }

    private boolean upsert(NetChanges table) throws SQLException {
        for (var rows : table.upserts().entrySet()) {
            if (table.writing() == Writing.UPDATE_ONLY) {
                String update = sql(table, rows.getValue()).update(rows.getKey(), table.key());
                if (update != null) {
                    writer.write(table.shape().name(), update, rows.getValue());
                }
                continue;
            }
            String sql = sql(table, rows.getValue()).upsert(rows.getKey(), table.key(), table.writing());
            int met = writer.upsert(table.shape().name(), sql, rows.getValue());
            if (met != rows.getValue().size()) {
                LOG.debug(
                        "not as sets: {} of {} rows written by {}",
                        met,
                        rows.getValue().size(),
                        sql);
                return false;
            }
        }
        return true;
    }

    private static TableSql sql(NetChanges table, Collection<?> rows) {
        return new TableSql(table.shape(), rows.size() == 1);
    }

    /** Returns whether every row was found. */
    private boolean write(NetChanges table, String sql, Collection<Row> rows) throws SQLException {
        int met = writer.write(table.shape().name(), sql, rows);
        if (met != rows.size()) {
            LOG.debug("not as sets: {} of {} rows found by {}", met, rows.size(), sql);
        }
        return met == rows.size();
    }
}
