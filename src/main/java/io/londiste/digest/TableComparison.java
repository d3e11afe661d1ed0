package io.londiste.digest;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.error.LondisteException;
import io.londiste.sync.SyncPoint;
import io.londiste.sync.SyncedTable;
import io.londiste.sync.WorkAtTick;
import io.londiste.table.Mapping;
import io.londiste.table.Operations;
import io.londiste.table.TableShape.Column;
import io.londiste.table.TableShapes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The comparison of one table at a sync point, the body of the routes until {@code digest-table}. Used by one thread at
 * a time; the two servers work at the same time.
 */
public final class TableComparison {
    private final SyncedTable table;
    private final SyncPoint point;
    private final Hash hash;
    private final ScanThreads threads;
    private final DifferingRows rows;

    /** @param rows receives the rows that differ, if the table is only compared */
    TableComparison(SyncedTable table, Hash hash, ScanThreads threads, DifferingRows rows) {
        this.table = table;
        this.point = table.point();
        this.hash = hash;
        this.threads = threads;
        this.rows = rows;
    }

    public TableName name() {
        return table.name();
    }

    /** The SQL condition for the rows that are compared. */
    String where() {
        return table.where().text();
    }

    /** What the table is replicated as. */
    public Mapping mapping() {
        return table.mapping();
    }

    /** What receives the rows that differ. */
    RowDifferences.Listener rows(TableDigests digests) {
        return rows.of(
                name(), digests.shape().columns().stream().map(Column::name).toList());
    }

    /** @throws LondisteException if the replay does not keep the table equal to the provider's, with its state */
    public void requireInSync() {
        table.requireInSync();
    }

    /** The answers of the two servers. */
    private record Both<T>(T there, T here) {}

    /**
     * Runs a query on both sides, whose answers must be the same; its first column is the number of rows.
     *
     * @param query makes it for what is to be selected from
     */
    Comparison count(UnaryOperator<String> query) {
        var there = mapping().isNone()
                ? name().quoted()
                : point.onProvider(connection -> mapping().rows(new TableShapes().shape(connection, table.source())));
        requireSameNumber();
        requireCondition(there, name().quoted());
        var rows = both(
                () -> point.onProvider(connection -> firstRow(connection, query.apply(there))),
                () -> point.onSubscriber(connection -> firstRow(connection, query.apply(name().quoted()))));
        return new Comparison(
                name(),
                rows.there.equals(rows.here) ? Outcome.EQUAL : Outcome.DIFFERENT,
                number(rows.there),
                number(rows.here),
                null,
                null,
                null,
                List.of(),
                List.of(),
                "",
                null,
                true);
    }

    private void requireSameNumber() {
        var operations = mapping().operations();
        if (operations.keepRows() || operations.lackRows()) {
            throw new LondisteException(
                    "the numbers of rows may differ, since only some operations are replicated (ops "
                            + operations.text() + "); compare it without --count");
        }
    }

    private static List<String> firstRow(Connection connection, String query) throws SQLException {
        return Jdbc.first(connection, query, TableComparison::texts).orElse(List.of());
    }

    private static List<String> texts(ResultSet row) throws SQLException {
        var values = new ArrayList<String>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            values.add(row.getString(i));
        }
        return values;
    }

    private static Long number(List<String> row) {
        boolean isNumber = !row.isEmpty() && row.get(0) != null && row.get(0).matches("-?\\d{1,18}");
        return isNumber ? Long.valueOf(row.get(0)) : null;
    }

    /**
     * Scans both sides.
     *
     * @throws LondisteException if the two sides have no column in common, or the table was rewritten after the sync
     *     point
     */
    public TableDigests digest() {
        var shapes = both(
                () -> point.onProvider(connection -> new TableShapes().shape(connection, table.source())),
                () -> point.onSubscriber(connection -> new TableShapes().shape(connection, name())));
        var shape = CommonShape.of(shapes.there, shapes.here, mapping());
        if (shape.columns().isEmpty()) {
            throw new LondisteException("the two sides have no column in common");
        }
        requireCondition(shape.source(), shape.targetHere());
        var ranges = point.onProvider(connection -> Ranges.of(shape, hash, connection));
        var digests = new DigestScan(point, threads, shape, ranges, hash, where()).digests(table.progress());
        return new TableDigests(this, shape, shapes.here, ranges, digests);
    }

    /** Checks on both servers that the text is only a condition, before it is used in any other statement. */
    private void requireCondition(String there, String here) {
        if (table.where().sql() != null) {
            if (mapping().operations().keepValues()) {
                throw new LondisteException(
                        "values on which the condition (--where) depends may differ, since updates are not"
                                + " replicated (ops " + mapping().operations().text()
                                + "); compare it without a condition");
            }
            point.onBoth((provider, subscriber) -> {
                table.where().requireExpression(provider, there);
                table.where().requireExpression(subscriber, here);
                return null;
            });
        }
    }

    /** Runs work on both sides as of the sync point. */
    public <T> T onBoth(WorkAtTick<T> work) {
        return point.onBoth(work);
    }

    /** The result for a table whose digests are equal. */
    public Comparison equal(TableDigests digests) {
        return result(digests, Outcome.EQUAL, new Counter(mapping().operations(), RowDifferences.Listener.NONE));
    }

    /**
     * Reads the pieces that differ, row by row.
     *
     * @param there a transaction of the provider
     * @param here a transaction of the subscriber
     * @param listener receives each row that differs; may be none, if the transactions see a later moment than the
     *     digests
     */
    public Comparison findRows(
            TableDigests digests, Connection there, Connection here, RowDifferences.Listener listener)
            throws SQLException {
        var counter = new Counter(mapping().operations(), listener);
        var progress = table.progress().more(digests.rowsToRead());
        var differences = new RowDifferences(digests.shape(), hash, where() + " and " + digests.condition());
        var sides = both(
                () -> differences.provider(point.provider(), there),
                () -> differences.subscriber(point.subscriber(), here));
        try (var rowsThere = sides.there;
                var rowsHere = sides.here) {
            RowDifferences.find(rowsThere, rowsHere, counter, progress);
        }
        progress.end();
        RewriteCheck.requireNotRewritten(there, table.source());
        RewriteCheck.requireNotRewritten(here, name());
        return result(digests, counter.isExpected() ? Outcome.EQUAL : Outcome.DIFFERENT, counter);
    }

    private Comparison result(TableDigests digests, Outcome outcome, Counter rows) {
        return new Comparison(
                name(),
                outcome,
                digests.providerRows(),
                digests.subscriberRows(),
                rows.missing,
                rows.extra,
                rows.different,
                digests.shape().onlyOnProvider(),
                digests.shape().onlyOnSubscriber(),
                rows.expected(),
                null,
                true);
    }

    /** Lets both servers work at the same time. */
    private <T> Both<T> both(Supplier<T> there, Supplier<T> here) {
        var other = CompletableFuture.supplyAsync(there, threads.otherSide());
        try {
            T mine = here.get();
            return new Both<>(other.join(), mine);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        } finally {
            other.exceptionally(e -> null).join(); // no query is still running when this returns
        }
    }

    /** Counts the rows that it passes on: those whose difference is not to be expected. */
    private static final class Counter implements RowDifferences.Listener {
        private final Operations operations;
        private final RowDifferences.Listener next;
        private long missing;
        private long extra;
        private long different;
        private long expectedMissing;
        private long expectedExtra;

        private Counter(Operations operations, RowDifferences.Listener next) {
            this.operations = operations;
            this.next = next;
        }

        /** Whether it was given rows that differ, and all of them as expected. */
        private boolean isExpected() {
            return missing + extra + different == 0 && expectedMissing + expectedExtra > 0;
        }

        private String expected() {
            return operations.expected(expectedMissing, expectedExtra);
        }

        @Override
        public void missing(List<String> row) throws SQLException {
            if (operations.lackRows()) {
                expectedMissing++;
                return;
            }
            missing++;
            next.missing(row);
        }

        @Override
        public void extra(List<String> row) throws SQLException {
            if (operations.keepRows()) {
                expectedExtra++;
                return;
            }
            extra++;
            next.extra(row);
        }

        @Override
        public void different(List<String> there, List<String> here) throws SQLException {
            different++;
            next.different(there, here);
        }
    }
}
