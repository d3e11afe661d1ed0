package io.londiste.compare;

import io.londiste.LondisteException;
import io.londiste.compare.Comparison.Outcome;
import io.londiste.table.TableName;
import io.londiste.table.TableShape;
import io.londiste.table.TableShapes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Compares one table at a sync point. Used by one thread; the two servers work at the same time. */
final class TableComparison {
    /** Whether the rows that a transaction sees are still where it sees them: not so after TRUNCATE and some ALTER TABLE. */
    private static final String UNTOUCHED = """
            select coalesce(bool_and(c.relfilenode = coalesce(pg_relation_filenode(c.oid), 0)), false)
            from pg_catalog.pg_class c
            where c.oid = ?::regclass or c.oid in (select relid from pg_catalog.pg_partition_tree(?::regclass))
            """;

    private final SyncPoint point;
    private final Hash hash;
    private final TableName table;
    private final String where;

    TableComparison(SyncPoint point, Hash hash, TableName table, String where) {
        this.point = point;
        this.hash = hash;
        this.table = table;
        this.where = where;
    }

    TableName table() {
        return table;
    }

    /** What two servers said. */
    private record Both<T>(T there, T here) {}

    /** Runs {@code query} on both sides, which has to say the same; its first column is the number of rows. */
    Comparison count(String query) {
        var rows = both(
                () -> point.onProvider(connection -> firstRow(connection.prepareStatement(query))),
                () -> point.onSubscriber(connection -> firstRow(connection.prepareStatement(query))));
        return new Comparison(
                table,
                rows.there.equals(rows.here) ? Outcome.EQUAL : Outcome.DIFFERENT,
                number(rows.there),
                number(rows.here),
                null,
                null,
                null,
                List.of(),
                List.of(),
                null);
    }

    private static List<String> firstRow(PreparedStatement statement) throws SQLException {
        try (statement;
                ResultSet row = statement.executeQuery()) {
            var values = new ArrayList<String>();
            boolean any = row.next();
            for (int i = 1; any && i <= row.getMetaData().getColumnCount(); i++) {
                values.add(row.getString(i));
            }
            return values;
        }
    }

    private static Long number(List<String> row) {
        boolean isNumber = !row.isEmpty() && row.get(0) != null && row.get(0).matches("-?\\d{1,18}");
        return isNumber ? Long.valueOf(row.get(0)) : null;
    }

    /**
     * What the digests tell.
     *
     * @param here the subscriber's table
     * @param pieces those that differ
     */
    record Found(
            CommonShape shape, TableShape here, Ranges ranges, Set<Integer> pieces, long rowsThere, long rowsHere) {}

    /** Finds out which pieces of the table differ. */
    Found digest() {
        var shapes = both(
                () -> point.onProvider(connection -> new TableShapes().shape(connection, table)),
                () -> point.onSubscriber(connection -> new TableShapes().shape(connection, table)));
        var shape = CommonShape.of(shapes.there, shapes.here);
        if (shape.columns().isEmpty()) {
            throw new LondisteException("the two sides have no column in common");
        }
        Ranges ranges = point.onProvider(connection -> Ranges.of(shape, hash, connection));
        var digests = both(
                () -> point.onProvider(connection -> digest(connection, shape.target(), shape, ranges)),
                () -> point.onSubscriber(connection -> digest(connection, shape.targetHere(), shape, ranges)));
        return new Found(
                shape,
                shapes.here,
                ranges,
                digests.there.differing(digests.here),
                digests.there.rows(),
                digests.here.rows());
    }

    private Digest digest(Connection connection, String target, CommonShape shape, Ranges ranges) throws SQLException {
        var digest = Digest.of(connection, target, shape, ranges, hash, where);
        requireUntouched(connection);
        return digest;
    }

    /** To be asked after the table was read, which keeps others from doing such things for the transaction's time. */
    private void requireUntouched(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(UNTOUCHED)) {
            statement.setString(1, table.quoted());
            statement.setString(2, table.quoted());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (!row.getBoolean(1)) {
                    throw new LondisteException("was truncated or rewritten while it was compared; compare it again");
                }
            }
        }
    }

    /** Compares the content, and tells of each row that differs. */
    Comparison rows(Found found, Differences.Listener listener) {
        return onBoth((there, here) -> rows(found, there, here, listener));
    }

    /** Works on both sides as of the sync point. */
    <T> T onBoth(SyncPoints.Standing<T> work) {
        return point.onProvider(there -> point.onSubscriber(here -> work.run(there, here)));
    }

    /** As the other, in transactions of the caller's. */
    Comparison rows(Found found, Connection there, Connection here, Differences.Listener listener) throws SQLException {
        var counter = new Counter(listener);
        if (!found.pieces.isEmpty()) {
            new Differences(found.shape, hash, where).find(there, here, found.ranges, found.pieces, counter);
            requireUntouched(there);
            requireUntouched(here);
        }
        return new Comparison(
                table,
                found.pieces.isEmpty() ? Outcome.EQUAL : Outcome.DIFFERENT,
                found.rowsThere,
                found.rowsHere,
                counter.missing,
                counter.extra,
                counter.different,
                found.shape.onlyOnProvider(),
                found.shape.onlyOnSubscriber(),
                null);
    }

    /** Lets both servers work at the same time. */
    private static <T> Both<T> both(Supplier<T> there, Supplier<T> here) {
        var other = CompletableFuture.supplyAsync(there, command -> new Thread(command, "provider").start());
        try {
            T mine = here.get();
            return new Both<>(other.join(), mine);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        } finally {
            other.exceptionally(e -> null).join(); // nobody works on when this has ended
        }
    }

    /** Counts what it passes on. */
    private static final class Counter implements Differences.Listener {
        private final Differences.Listener next;
        private long missing;
        private long extra;
        private long different;

        private Counter(Differences.Listener next) {
            this.next = next;
        }

        @Override
        public void missing(List<String> row) throws SQLException {
            missing++;
            next.missing(row);
        }

        @Override
        public void extra(List<String> row) throws SQLException {
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
