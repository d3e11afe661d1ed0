package io.londiste.compare;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one side of a table boils down to: of each piece, how many rows it has and the sum of their {@link Hash}es, which
 * does not depend on the order in which rows or parts of the table come.
 *
 * <p>Pieces that differ have equal digests only if the hashes of the rows that differ happen to have the same sum. Hashes
 * of different texts have nothing to do with each other, so that this is as likely as any other of some 2<sup>64</sup>
 * sums: who compares a table that differs every second will overlook it once in 500 thousand million years. The sum is not
 * cut to 64 bits, twice the same row counts twice (which exclusive or would not tell from none), and a row is hashed as a
 * whole, so that two rows that swapped a value are two others. Nobody is kept from making up such rows on purpose.
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
        // servers take each row for a group of its own, and would sort them
        SyncPoint.execute(connection, "set local enable_sort = off; set local enable_tidscan = on");
        var sql = "select bucket, count(*), sum(hash) from (select " + ranges.bucket() + " as bucket, "
                + hash.of(shape.columns()) + " as hash from " + target + " where " + condition
                + ") as hashed group by bucket";
        var digest = new Digest();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                digest.pieces.put(row.getInt(1), new Piece(row.getLong(2), row.getBigDecimal(3)));
            }
        }
        return digest;
    }

    /** Adds that of other rows. */
    synchronized void add(Digest other) {
        other.pieces.forEach((number, piece) -> pieces.merge(number, piece, Piece::plus));
    }

    synchronized long rows() {
        return rows(pieces.keySet());
    }

    /** The rows of some pieces. */
    synchronized long rows(Collection<Integer> some) {
        return some.stream()
                .mapToLong(number -> pieces.containsKey(number) ? pieces.get(number).rows : 0)
                .sum();
    }

    /** The pieces that are not the same on both sides, in order. */
    synchronized Set<Integer> differing(Digest other) {
        var all = new TreeSet<>(pieces.keySet());
        all.addAll(other.pieces.keySet());
        all.removeIf(piece -> pieces.containsKey(piece) && pieces.get(piece).equals(other.pieces.get(piece)));
        return all;
    }
}
