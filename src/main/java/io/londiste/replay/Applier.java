package io.londiste.replay;

import io.londiste.SqlState;
import io.londiste.replay.Change.Kind;
import io.londiste.table.TableName;
import io.londiste.table.TableShape;
import io.londiste.table.TableShapes;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Applies changes in runs of bounded size, inside one transaction of the subscriber.
 *
 * <p>A run is first applied as sets, by its net effect: deletes from the children to the parents, then the other
 * changes from the parents to the children. If that breaks a constraint, or a row was not as expected, the run goes back
 * to its savepoint and is applied {@linkplain OrderedRun in order}.
 */
final class Applier {
    /** A run ends at whichever comes first, so that memory stays bounded. */
    private static final int RUN_EVENTS = 20_000;

    private static final int RUN_CHARACTERS = 8_000_000;

    private final Connection transaction;
    private final TableShapes shapes;
    private final TableWriter writer;
    private final Map<TableName, Counts> counts = new LinkedHashMap<>();

    private final List<Change> run = new ArrayList<>();
    private final Map<TableName, NetChanges> net = new LinkedHashMap<>();
    private final Set<TableName> truncated = new LinkedHashSet<>();
    private int runCharacters;

    Applier(Connection transaction, TableShapes shapes) {
        this.transaction = transaction;
        this.shapes = shapes;
        this.writer = new TableWriter(transaction);
    }

    /** What was done so far, including what is still gathered. */
    Map<TableName, Counts> counts() {
        return counts;
    }

    void add(Change change) throws SQLException {
        counts.merge(change.table(), Counts.NONE.plusEvent(change.kind()), Counts::plus);
        if (change.kind() == Kind.TRUNCATE) {
            applyRun();
            truncated.add(change.table());
            return;
        }
        truncate();
        run.add(change);
        runCharacters += change.size();
        net(change.table()).add(change);
        if (run.size() >= RUN_EVENTS || runCharacters >= RUN_CHARACTERS) {
            applyRun();
        }
    }

    /** Applies what is gathered. */
    void flush() throws SQLException {
        truncate();
        applyRun();
    }

    private NetChanges net(TableName table) throws SQLException {
        NetChanges changes = net.get(table);
        if (changes == null) {
            changes = new NetChanges(shape(table));
            net.put(table, changes);
        }
        return changes;
    }

    private TableShape shape(TableName table) throws SQLException {
        try {
            return shapes.shape(transaction, table);
        } catch (SQLException e) {
            if (SqlState.isPassing(e)) {
                throw e;
            }
            throw new TableException(table, e.getMessage(), e);
        }
    }

    private void applyRun() throws SQLException {
        if (run.isEmpty()) {
            return;
        }
        Savepoint before = transaction.setSavepoint();
        if (!applySets()) {
            transaction.rollback(before);
            new OrderedRun(transaction, this::shape, writer, counts).apply(run);
        }
        transaction.releaseSavepoint(before);
        run.clear();
        net.clear();
        runCharacters = 0;
    }

    /** Returns whether everything was as expected; if not, the transaction has to go back. */
    private boolean applySets() throws SQLException {
        if (net.values().stream().anyMatch(NetChanges::isInOrderOnly)) {
            return false;
        }
        List<NetChanges> parentsFirst = parentsFirst();
        try {
            for (int i = parentsFirst.size() - 1; i >= 0; i--) {
                if (!delete(parentsFirst.get(i))) {
                    return false;
                }
            }
            for (NetChanges table : parentsFirst) {
                if (!move(table) || !update(table) || !insert(table)) {
                    return false;
                }
            }
            return true;
        } catch (TableException e) {
            if (SqlState.isConstraintViolation(e)) {
                return false;
            }
            throw e;
        }
    }

    private List<NetChanges> parentsFirst() throws SQLException {
        record Ranked(NetChanges table, int rank) {}
        List<Ranked> ranked = new ArrayList<>();
        for (NetChanges table : net.values()) {
            ranked.add(new Ranked(table, shapes.rank(transaction, table.shape().name())));
        }
        return ranked.stream()
                .sorted(Comparator.comparingInt(Ranked::rank))
                .map(Ranked::table)
                .toList();
    }

    private boolean delete(NetChanges table) throws SQLException {
        return table.deletes().isEmpty() || write(table, sql(table).delete(table.key()), table.deletes());
    }

    private boolean move(NetChanges table) throws SQLException {
        for (var moves : table.moves().entrySet()) {
            String sql = sql(table).move(moves.getKey(), table.key());
            if (writer.move(table.shape().name(), sql, moves.getValue())
                    != moves.getValue().size()) {
                return false;
            }
        }
        return true;
    }

    private boolean update(NetChanges table) throws SQLException {
        for (var rows : table.updates().entrySet()) {
            String sql = sql(table).update(rows.getKey(), table.key());
            if (sql != null && !write(table, sql, rows.getValue())) {
                return false;
            }
        }
        return true;
    }

    private boolean insert(NetChanges table) throws SQLException {
        for (var rows : table.inserts().entrySet()) {
            if (!write(table, sql(table).insert(rows.getKey()), rows.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static TableSql sql(NetChanges table) {
        return new TableSql(table.shape());
    }

    /** Returns whether every row was met. */
    private boolean write(NetChanges table, String sql, Collection<Row> rows) throws SQLException {
        return writer.write(table.shape().name(), sql, rows) == rows.size();
    }

    /** Tables that were truncated one after the other are truncated together: foreign keys may bind them. */
    private void truncate() throws SQLException {
        if (truncated.isEmpty()) {
            return;
        }
        Savepoint before = transaction.setSavepoint();
        List<TableName> tables = new ArrayList<>(truncated);
        truncated.clear();
        List<String> targets = new ArrayList<>();
        for (TableName table : tables) {
            targets.add(shape(table).target());
        }
        try {
            writer.execute(tables.get(0), targets.stream().collect(Collectors.joining(", ", "truncate ", "")));
        } catch (TableException e) {
            if (!SqlState.isFeatureNotSupported(e)) {
                throw e;
            }
            transaction.rollback(before); // a table that is not truncated points at one of them: only rows may go
            for (int i = 0; i < targets.size(); i++) {
                writer.execute(tables.get(i), "delete from " + targets.get(i));
            }
        }
        transaction.releaseSavepoint(before);
    }
}
