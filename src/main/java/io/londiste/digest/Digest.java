package io.londiste.digest;

import io.londiste.db.Jdbc;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The digest of one side of a table: for each piece its number of rows and the sum of their {@link Hash}es, which
 * depends neither on the order of the rows nor on the order of the parts that were scanned.
 *
 * <p>Pieces that differ have equal digests only if the hashes of the rows that differ happen to have the same sum.
 * Hashes of different texts are unrelated, so that this is as likely as any other of some 2<sup>64</sup> sums: a
 * comparison every second of a table that differs would overlook it once in 500 thousand million years. The sum is not
 * cut to 64 bits, the same row twice counts twice (with exclusive or they would cancel out), and a row is hashed as a
 * whole, so that two rows that have swapped a value count as two others. Rows constructed on purpose to have equal sums
 * are not detected.
 *
 * <p>Safe for use by several threads.
 */
final class Digest {
    private record Piece(long rows, BigDecimal sum) {
        private Piece plus(Piece other) {
            return new Piece(rows + other.rows, sum.add(other.sum));
        }
    }

    private final Map<Integer, Piece> pieces = new HashMap<>();

    /** Computed by the server in one scan of the rows for which {@code condition} holds. */
    static Digest of(
            Connection connection, String target, CommonShape shape, Ranges ranges, Hash hash, String condition)
            throws SQLException {
        // the planner expects about as many groups as rows, and would sort
        Jdbc.execute(connection, "set local enable_sort = off; set local enable_tidscan = on");
        var digest = new Digest();
        Jdbc.list(
                connection,
                "select bucket, count(*), sum(hash) from (select " + ranges.bucket() + " as bucket, "
                        + hash.of(shape.compared()) + " as hash from " + target + " where " + condition
                        + ") as hashed group by bucket",
                row -> digest.pieces.put(row.getInt(1), new Piece(row.getLong(2), row.getBigDecimal(3))));
        return digest;
    }

    /** Adds the digest of further rows. */
    synchronized void add(Digest other) {
        other.pieces.forEach((number, piece) -> pieces.merge(number, piece, Piece::plus));
    }

    /** The number of all rows. */
    synchronized long rows() {
        return rows(pieces.keySet());
    }

    /** The number of rows in some pieces. */
    synchronized long rows(Collection<Integer> some) {
        return some.stream()
                .mapToLong(number -> pieces.containsKey(number) ? pieces.get(number).rows : 0)
                .sum();
    }

    /** The numbers of the pieces that are not the same on both sides, in order. */
    synchronized Set<Integer> differing(Digest other) {
        var all = new TreeSet<>(pieces.keySet());
        all.addAll(other.pieces.keySet());
        all.removeIf(piece -> pieces.containsKey(piece) && pieces.get(piece).equals(other.pieces.get(piece)));
        return all;
    }
}
