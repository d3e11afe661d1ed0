package io.londiste.compare;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What one side of a table boils down to: of each piece, how many rows it has and the sum of their hashes. */
final class Digest {
    /** Of one piece. A sum does not depend on the order, and twice the same row is not the same as none. */
    private record Piece(long rows, BigDecimal sum) {}

    private final Map<Integer, Piece> pieces = new HashMap<>();

    /** Computed by the server in one scan. */
    static Digest of(Connection connection, String target, CommonShape shape, Ranges ranges, Hash hash, String where)
            throws SQLException {
        var sql = "select bucket, count(*), sum(hash) from (select " + ranges.bucket() + " as bucket, "
                + hash.of(shape.rowText()) + " as hash from " + target + " where " + where
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

    long rows() {
        return pieces.values().stream().mapToLong(Piece::rows).sum();
    }

    /** The pieces that are not the same on both sides, in order. */
    Set<Integer> differing(Digest other) {
        var all = new TreeSet<>(pieces.keySet());
        all.addAll(other.pieces.keySet());
        all.removeIf(piece -> pieces.containsKey(piece) && pieces.get(piece).equals(other.pieces.get(piece)));
        return all;
    }
}
