package io.londiste.compare;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** How rows are boiled down to 64 bits by both servers alike. */
enum Hash {
    /** PostgreSQL's own hash of a text's bytes: fast. */
    NATIVE("hashtextextended(%s collate \"C\", 0)"),

    /** For servers whose bytes differ although the text is the same, by encoding or byte order. */
    MD5("('x' || substr(md5(convert_to(%s, 'UTF8')), 1, 16))::bit(64)::bigint");

    /** A text whose bytes depend on the encoding. */
    private static final String PROBE = "select getdatabaseencoding() || hashtextextended('londiste', 0)";

    private final String expression;

    Hash(String expression) {
        this.expression = expression;
    }

    /** The hash of a text expression, as a bigint. */
    String of(String text) {
        return expression.formatted(text);
    }

    /** Whether the two servers write a text with the same bytes, and so sort by bytes alike. */
    boolean isOfSameBytes() {
        return this == NATIVE;
    }

    /** The fastest that both sides of a sync point compute alike. */
    static Hash both(SyncPoint point) {
        return point.onProvider(Hash::probe).equals(point.onSubscriber(Hash::probe)) ? NATIVE : MD5;
    }

    private static String probe(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PROBE);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }
}
