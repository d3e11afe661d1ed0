package io.londiste.compare;

import io.londiste.compare.Comparison.Outcome;
import io.londiste.error.LondisteException;
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
    private final SyncPoint point;
    private final Hash hash;
    private final Workers workers;
    private final TableName table;
    private final String where;
    private final TableProgress progress;

    TableComparison(
            SyncPoint point, Workers workers, Hash hash, TableName table, String where, TableProgress progress) {
        this.point = point;
        this.workers = workers;
        this.progress = progress;
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
     */
    record Found(CommonShape shape, TableShape here, Ranges ranges, Scan.Digests digests) {
        /** The pieces that differ. */
        Set<Integer> pieces() {
            return digests.there().differing(digests.here());
        }
    }

    /** Finds out which pieces of the table differ. */
    Found digest() {
        var shapes = both(
                () -> point.onProvider(connection -> new TableShapes().shape(connection, table)),
                () -> point.onSubscriber(connection -> new TableShapes().shape(connection, table)));
        var shape = CommonShape.of(shapes.there, shapes.here);
        if (shape.columns().isEmpty()) {
            throw new LondisteException("the two sides have no column in common");
        }
        var ranges = point.onProvider(connection -> Ranges.of(shape, hash, connection));
        var digests = new Scan(point, workers, shape, ranges, hash, where).digests(progress);
        return new Found(shape, shapes.here, ranges, digests);
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
        var pieces = found.pieces();
        if (!pieces.isEmpty()) {
            var looking = progress.more(Math.max(
                    found.digests.there().rows(pieces), found.digests.here().rows(pieces)));
            var differences = new Differences(found.shape, hash, where + " and " + found.ranges.condition(pieces));
            var sides = both(
                    () -> differences.provider(point.provider(), there),
                    () -> differences.subscriber(point.subscriber(), here));
            try (var rowsThere = sides.there;
                    var rowsHere = sides.here) {
                Differences.find(rowsThere, rowsHere, counter, looking);
            }
            looking.end();
            Untouched.require(there, table);
            Untouched.require(here, table);
        }
        return new Comparison(
                table,
                pieces.isEmpty() ? Outcome.EQUAL : Outcome.DIFFERENT,
                found.digests.there().rows(),
                found.digests.here().rows(),
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
