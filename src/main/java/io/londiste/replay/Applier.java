package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.change.Change.Kind;
import io.londiste.change.TableName;
import io.londiste.db.SqlState;
import io.londiste.error.Causes;
import io.londiste.replay.FunctionCalls.Call;
import io.londiste.table.Partitioning;
import io.londiste.table.TableShape;
import io.londiste.table.TableShapes;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
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
 * separate thread, the next is collected.
 */
final class Applier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

    /** A run ends when it reaches one of these limits, so that memory stays bounded. */
    private static final int RUN_EVENTS = 20_000;

    private static final int RUN_CHARACTERS =
            (int) Math.min(8_000_000, Runtime.getRuntime().maxMemory() / 32);

    private final Connection transaction;
    private final TableShapes shapes;
    private final Executor executor;
    private final TableWriter writer;
    private final PiecewiseRun pieces;
    private final FunctionCalls functions;
    private final NewPartitions partitions;
    /** What the applied runs did, by table. Only one run is applied at a time. */
    private final Map<TableName, Counts> counts = new LinkedHashMap<>();

    /** The same, before the structure of tables was changed. */
    private final Map<TableName, Counts> earlier = new LinkedHashMap<>();

    /** The shapes of its tables; they stay the same until the end, where it is checked that they are right. */
    private final Map<TableName, TableShape> used = new HashMap<>();

    /** Whether others may have the shapes of tables from this transaction, which may be rolled back. */
    private boolean altered;

    private Map<TableName, String> triggers = Map.of();
    private Run gathered = new Run();
    private CompletableFuture<Void> applying = CompletableFuture.completedFuture(null);

    /** Changes in their order, preceded by the tables that were truncated. */
    private static final class Run {
        private final List<TableName> truncated = new ArrayList<>();
        private final List<Change> changes = new ArrayList<>();
        /** Changes that are not written, but handed to a function, in their order. */
        private final List<Call> calls = new ArrayList<>();

        private int characters;

        private boolean isEmpty() {
            return truncated.isEmpty() && changes.isEmpty() && calls.isEmpty();
        }

        private boolean isFull() {
            return changes.size() + calls.size() >= RUN_EVENTS || characters >= RUN_CHARACTERS;
        }

        private void add(Change change) {
            changes.add(change);
            characters += change.size();
        }

        private void add(Call call) {
            calls.add(call);
            characters += call.change().size();
        }
    }

    /**
     * @param transaction is prepared by {@link TableWriter#BEGIN}
     * @param queue that of the tables
     */
    Applier(Connection transaction, String queue, TableShapes shapes, Executor executor, KnownStatements known) {
        this(transaction, queue, shapes, executor, known, RUN_EVENTS);
    }

    /** @param largestSet the maximum number of changes applied as one set; 0: all are applied in order */
    Applier(
            Connection transaction,
            String queue,
            TableShapes shapes,
            Executor executor,
            KnownStatements known,
            int largestSet) {
        this.transaction = transaction;
        this.shapes = shapes;
        this.executor = executor;
        this.writer = new TableWriter(transaction);
        this.pieces = new PiecewiseRun(
                this::shape,
                new SetRun(transaction, this::shape, shapes, writer, counts, known),
                new OrderedRun(transaction, this::shape, shapes, writer, counts),
                largestSet);
        this.functions = new FunctionCalls(this::shape, writer);
        this.partitions = new NewPartitions(queue, writer);
    }

    /** What was applied up to the last {@link #flush}, by table. */
    Map<TableName, Counts> counts() {
        if (earlier.isEmpty()) {
            return counts;
        }
        Map<TableName, Counts> all = new LinkedHashMap<>(earlier);
        counts.forEach((table, more) -> all.merge(table, more, Counts::plus));
        return all;
    }

    /** The structure of tables may have been changed since the last {@link #flush}: it is read again. */
    void structureChanged() {
        counts.forEach((table, more) -> earlier.merge(table, more, Counts::plus));
        counts.clear();
        used.clear();
        shapes.forget();
        altered = true;
    }

    /** Accepts a change. May throw the error of a change that was accepted earlier. */
    void add(Change change) throws SQLException {
        if (change.kind() == Kind.TRUNCATE) {
            if (!gathered.changes.isEmpty()) {
                applyBeside();
            }
            gathered.truncated.add(change.table());
            return;
        }
        gathered.add(change);
        applyIfFull();
    }

    /** The partitions of the change's table are made when they are needed. To be called before {@link #add}. */
    void partitioned(Change change, Partitioning partitioning) {
        partitions.of(change, partitioning);
    }

    /** Accepts a change that is handed to a function, after those of its run that are written; as {@link #add}. */
    void call(Change change, String function) throws SQLException {
        gathered.add(new Call(change, function));
        applyIfFull();
    }

    private void applyIfFull() throws SQLException {
        if (gathered.isFull()) {
            boolean large = gathered.characters > 2 * RUN_CHARACTERS;
            applyBeside();
            if (large) {
                await(); // before more is read into memory
            }
        }
    }

    /** The triggers that may have changed rows before they were written, up to the last {@link #flush}, by table. */
    Map<TableName, String> triggers() {
        return triggers;
    }

    /**
     * Applies the collected changes, then checks the deferred constraints, and that nothing else has decided about the
     * rows.
     */
    void flush() throws SQLException {
        await();
        apply(take(), null);
        addTriggers(writer.check(written()));
    }

    private void addTriggers(Map<TableName, String> found) {
        if (triggers.isEmpty()) {
            triggers = found;
        } else {
            triggers = new LinkedHashMap<>(triggers);
            triggers.putAll(found);
        }
    }

    /** Does the same as {@link #flush}, then runs a statement without a result and commits the transaction. */
    void commit(String last, Object... parameters) throws SQLException {
        await();
        var ending = new Ending(this::written, last, Arrays.asList(parameters));
        apply(take(), ending);
        if (!ending.isDone()) {
            writer.end(ending);
        }
        addTriggers(ending.triggers());
    }

    /** Waits until no run is being applied; its errors are only logged. The transaction may be ended afterwards. */
    @Override
    public void close() {
        try {
            await();
        } catch (SQLException | RuntimeException e) {
            LOG.debug("the last run failed", e);
        }
        if (altered) {
            shapes.forget();
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
                        apply(run, null);
                    } catch (SQLException e) {
                        throw new CompletionException(e);
                    }
                },
                executor);
    }

    /** Returns when the previous run is applied and the connection is free; throws that run's error if it failed. */
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

    /** The tables that were written, with the marks of the shapes that were used. */
    private Map<TableName, Long> written() {
        Map<TableName, Long> written = new LinkedHashMap<>();
        for (TableName table : counts.keySet()) {
            TableShape shape = used.get(table);
            written.put(table, shape == null ? null : shape.mark());
        }
        return written;
    }

    private TableShape shape(TableName table) throws SQLException {
        TableShape known = used.get(table);
        if (known == null) {
            known = partitions.identified(read(table));
            used.put(table, known);
        }
        return known;
    }

    private TableShape read(TableName table) throws SQLException {
        try {
            return shapes.shape(transaction, table);
        } catch (SQLException e) {
            if (SqlState.isPassing(e)) {
                throw e;
            }
            throw new TableException(table, Causes.root(e), e);
        }
    }

    /** @param ending see {@link PiecewiseRun#apply} */
    private void apply(Run run, Ending ending) throws SQLException {
        if (run.isEmpty()) {
            return;
        }
        run.truncated.forEach(table -> count(table, Counts.NONE.plusEvent(Kind.TRUNCATE)));
        run.changes.forEach(change -> count(change.table(), Counts.NONE.plusEvent(change.kind())));
        run.calls.forEach(call ->
                count(call.change().table(), Counts.NONE.plusEvent(call.change().kind())));
        truncate(new LinkedHashSet<>(run.truncated));
        partitions.make(run.changes);
        try {
            pieces.apply(
                    run.changes,
                    RowKeys.of(transaction, this::shape, writer, run.changes),
                    run.calls.isEmpty() ? ending : null);
        } catch (TableException e) {
            if (!RefusedValue.isPossible(e)) {
                throw e;
            }
            transaction.rollback();
            throw new RefusedValue(transaction, writer, shape(e.table())).name(e, run.changes);
        }
        functions.run(run.calls);
    }

    private void count(TableName table, Counts more) {
        counts.merge(table, more, Counts::plus);
    }

    /** Tables that were truncated one after the other are truncated together: foreign keys may link them. */
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
            writer.alter(first, targets.stream().collect(Collectors.joining(", ", "truncate ", "")));
        } catch (TableException e) {
            transaction.rollback(before);
            if (SqlState.isConstraintViolation(e)) {
                delete(tables); // checks are still deferred that TRUNCATE would have to wait for
            } else if (!SqlState.isFeatureNotSupported(e)) {
                throw e;
            } else if (writer.dropForeignKeysTo(tables)) { // a table that is not truncated references one of them
                truncate(tables);
            } else { // that table exists only on the subscriber
                delete(tables);
            }
        }
        transaction.releaseSavepoint(before);
    }

    /** Deletes all rows, those of children before those of their parents. */
    private void delete(Set<TableName> tables) throws SQLException {
        List<TableName> parentsFirst = new ArrayList<>(tables);
        Map<TableName, Integer> ranks = new HashMap<>();
        for (TableName table : tables) {
            ranks.put(table, shapes.rank(transaction, table));
        }
        parentsFirst.sort(Comparator.comparing(ranks::get));
        for (int i = parentsFirst.size() - 1; i >= 0; i--) {
            writer.execute(
                    parentsFirst.get(i),
                    "delete from " + shape(parentsFirst.get(i)).target());
        }
    }
}
