package io.londiste.replay;

import io.londiste.Causes;
import io.londiste.SqlState;
import io.londiste.replay.Change.Kind;
import io.londiste.replay.NetChanges.Move;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies changes in runs of bounded size, inside one transaction of the subscriber. While one run is applied, by a
 * thread of its own, the next is gathered.
 *
 * <p>A run is first applied as sets, by its net effect: deletes from the children to the parents, then the other
 * changes from the parents to the children. If that breaks a constraint, or a row was not as expected, it is tried with
 * the halves of the run, and so on down to a few changes, which are applied {@linkplain OrderedRun in order}. So one odd
 * row among many does not make all of them slow.
 */
final class Applier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

    /** A run ends at whichever comes first, so that memory stays bounded. */
    private static final int RUN_EVENTS = 20_000;

    private static final int RUN_CHARACTERS = 8_000_000;

    /** So few changes are applied in order when they do not go as sets. */
    private static final int FEW = 16;

    private final Connection transaction;
    private final TableShapes shapes;
    private final Executor executor;
    private final TableWriter writer;
    private final OrderedRun ordered;
    /** What the runs did that are applied; those who apply count one after the other. */
    private final Map<TableName, Counts> counts = new LinkedHashMap<>();

    private Run gathered = new Run();
    private CompletableFuture<Void> applying = CompletableFuture.completedFuture(null);

    /** Changes in their order, and before them the tables that were truncated. */
    private static final class Run {
        private final List<TableName> truncated = new ArrayList<>();
        private final List<Change> changes = new ArrayList<>();
        private int characters;

        private boolean isEmpty() {
            return truncated.isEmpty() && changes.isEmpty();
        }

        private boolean isFull() {
            return changes.size() >= RUN_EVENTS || characters >= RUN_CHARACTERS;
        }

        private void add(Change change) {
            changes.add(change);
            characters += change.size();
        }
    }

    Applier(Connection transaction, TableShapes shapes, Executor executor) throws SQLException {
        this.transaction = transaction;
        this.shapes = shapes;
        this.executor = executor;
        this.writer = new TableWriter(transaction);
        writer.deferConstraints();
        this.ordered = new OrderedRun(transaction, this::shape, shapes, writer, counts);
    }

    /** What was done up to the last {@link #flush}. */
    Map<TableName, Counts> counts() {
        return counts;
    }

    /** Takes a change. It may fail for one that was taken before. */
    void add(Change change) throws SQLException {
        if (change.kind() == Kind.TRUNCATE) {
            if (!gathered.changes.isEmpty()) {
                applyBeside();
            }
            gathered.truncated.add(change.table());
            return;
        }
        gathered.add(change);
        if (gathered.isFull()) {
            applyBeside();
        }
    }

    /** Applies what is gathered, and checks the constraints that can wait until all is there. */
    void flush() throws SQLException {
        await();
        apply(take());
        writer.checkDeferred();
    }

    /** Waits until nothing is applied any more; what comes of that is not told. The transaction may be ended then. */
    @Override
    public void close() {
        try {
            await();
        } catch (SQLException | RuntimeException e) {
            LOG.debug("the run before the end", e);
        }
    }

    private Run take() {
        Run taken = gathered;
        gathered = new Run();
        return taken;
    }

    private void applyBeside() throws SQLException {
        await();
        Run run = take();
        applying = CompletableFuture.runAsync(
                () -> {
                    try {
                        apply(run);
                    } catch (SQLException e) {
                        throw new CompletionException(e);
                    }
                },
                executor);
    }

    /** Returns when the run before is applied and nobody uses the connection, and fails as that run has. */
    void await() throws SQLException {
        try {
            applying.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SQLException failure) {
                throw failure;
            }
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    private TableShape shape(TableName table) throws SQLException {
        try {
            return shapes.shape(transaction, table);
        } catch (SQLException e) {
            if (SqlState.isPassing(e)) {
                throw e;
            }
            throw new TableException(table, Causes.root(e), e);
        }
    }

    private void apply(Run run) throws SQLException {
        if (run.isEmpty()) {
            return;
        }
        run.truncated.forEach(table -> count(table, Counts.NONE.plusEvent(Kind.TRUNCATE)));
        run.changes.forEach(change -> count(change.table(), Counts.NONE.plusEvent(change.kind())));
        truncate(new LinkedHashSet<>(run.truncated));
        if (!apply(run.changes).isEmpty()) {
            throw ordered.obstacle();
        }
    }

    private void count(TableName table, Counts more) {
        counts.merge(table, more, Counts::plus);
    }

    /** Returns the changes that constraints keep waiting for others. */
    private List<Change> apply(List<Change> changes) throws SQLException {
        if (changes.isEmpty() || applySets(changes)) {
            return List.of();
        }
        if (changes.size() <= FEW) {
            return applyInOrder(changes);
        }
        int half = changes.size() / 2;
        List<Change> rest = new ArrayList<>(apply(changes.subList(0, half)));
        rest.addAll(changes.subList(half, changes.size()));
        return rest.size() < changes.size() ? apply(rest) : applyInOrder(rest);
    }

    /** Those that wait for each other, as rows do that exchange a unique value, go together once the others are gone. */
    private List<Change> applyInOrder(List<Change> changes) throws SQLException {
        List<Change> rest = ordered.apply(changes);
        return rest.size() < changes.size() ? apply(rest) : rest;
    }

    /** Applies the net effect and returns true if everything was as expected; else leaves no trace. */
    private boolean applySets(List<Change> changes) throws SQLException {
        Map<TableName, NetChanges> net = new LinkedHashMap<>();
        for (Change change : changes) {
            NetChanges table = net.get(change.table());
            if (table == null) {
                table = new NetChanges(shape(change.table()));
                net.put(change.table(), table);
            }
            table.add(change);
        }
        if (net.values().stream().anyMatch(NetChanges::isInOrderOnly)) {
            return false;
        }
        List<NetChanges> parentsFirst = parentsFirst(net.values());
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

    /** Returns whether everything was as expected. */
    private boolean applySetsOf(List<NetChanges> parentsFirst) throws SQLException {
        try {
            for (int i = parentsFirst.size() - 1; i >= 0; i--) {
                delete(parentsFirst.get(i));
            }
            for (NetChanges table : parentsFirst) {
                if (!move(table) || !update(table) || !insert(table)) {
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
            ranked.add(new Ranked(table, shapes.rank(transaction, table.shape().name())));
        }
        return ranked.stream()
                .sorted(Comparator.comparingInt(Ranked::rank))
                .map(Ranked::table)
                .toList();
    }

    /** Rows that are gone already need no other way; they are only counted by {@link #countMissing}. */
    private void delete(NetChanges table) throws SQLException {
        if (!table.deletes().isEmpty()) {
            TableName name = table.shape().name();
            table.deleted(writer.write(name, sql(table, table.deletes()).delete(table.key()), table.deletes()));
        }
    }

    /** Counts deletes that met no row as unexpected, unless a foreign key may have taken the row with its parent. */
    private void countMissing(NetChanges table) throws SQLException {
        TableName name = table.shape().name();
        if (table.missing() > 0 && !shapes.cascades(transaction, name)) {
            count(name, new Counts(0, 0, 0, 0, table.missing()));
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

    private static TableSql sql(NetChanges table, Collection<?> rows) {
        return new TableSql(table.shape(), rows.size() == 1);
    }

    /** Returns whether every row was met. */
    private boolean write(NetChanges table, String sql, Collection<Row> rows) throws SQLException {
        int met = writer.write(table.shape().name(), sql, rows);
        if (met != rows.size()) {
            LOG.debug("not as sets: {} of {} rows met by {}", met, rows.size(), sql);
        }
        return met == rows.size();
    }

    /** Tables that were truncated one after the other are truncated together: foreign keys may bind them. */
    private void truncate(Set<TableName> tables) throws SQLException {
        if (tables.isEmpty()) {
            return;
        }
        Savepoint before = transaction.setSavepoint();
        TableName first = tables.iterator().next();
        List<String> targets = new ArrayList<>();
        for (TableName table : tables) {
            targets.add(shape(table).target());
        }
        try {
            writer.execute(first, targets.stream().collect(Collectors.joining(", ", "truncate ", "")));
        } catch (TableException e) {
            if (!SqlState.isFeatureNotSupported(e)) {
                throw e;
            }
            transaction.rollback(before); // a table that is not truncated points at one of them
            if (writer.dropForeignKeysTo(tables)) {
                truncate(tables);
            } else {
                for (TableName table : tables) { // it is the subscriber's own: only rows may go
                    writer.execute(table, "delete from " + shape(table).target());
                }
            }
        }
        transaction.releaseSavepoint(before);
    }
}
