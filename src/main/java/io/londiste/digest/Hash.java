package io.londiste.digest;

import io.londiste.db.Jdbc;
import io.londiste.sync.SyncPoint;
import io.londiste.table.TableShape.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** How both servers compute the same 64-bit hash of some columns of a row. */
enum Hash {
    /**
     * PostgreSQL's own hash of a text's bytes, column by column, each seeded with the hash of the one before: the text
     * of a row as a whole would take a server longer than all the rest.
     */
    NATIVE {
        @Override
        String of(List<Column> columns) {
            var hash = "0";
            var others = columns.stream().filter(column -> !isPlain(column)).toList();
            if (!others.isEmpty()) {
                hash = seeded(CommonShape.text(others), hash);
            }
            for (var column : columns) {
                if (isPlain(column)) {
                    hash = seeded("coalesce(" + column.quoted() + "::text, '" + NULL + "')", hash);
                }
            }
            return hash;
        }

        private String seeded(String text, String seed) {
            return "hashtextextended(" + text + " collate \"C\", " + seed + ")";
        }
    },

    /** For servers that write the same text with different bytes, because of their encoding or byte order. */
    MD5 {
        @Override
        String of(List<Column> columns) {
            return "('x' || substr(md5(convert_to(" + CommonShape.text(columns)
                    + ", 'UTF8')), 1, 16))::bit(64)::bigint";
        }
    };

    /** A text whose bytes depend on the encoding. */
    private static final String PROBE = "select getdatabaseencoding() || hashtextextended('londiste', 1)";

    /** Stands for null: random, so that no column contains it by chance and no client can know it in advance. */
    private static final String NULL = UUID.randomUUID().toString();

    /** Types whose cast to text is the same as their output. */
    private static final Set<String> PLAIN = Set.of(
            "smallint",
            "integer",
            "bigint",
            "numeric",
            "real",
            "double precision",
            "boolean",
            "text",
            "character varying",
            "bytea",
            "uuid",
            "date",
            "timestamp without time zone",
            "timestamp with time zone",
            "json",
            "jsonb");

    private static final Pattern MODIFIER = Pattern.compile("\\(.*\\)");

    /** The hash of these columns, at least one, as an SQL expression of type bigint. */
    abstract String of(List<Column> columns);

    private static boolean isPlain(Column column) {
        return PLAIN.contains(MODIFIER.matcher(column.type()).replaceFirst(""));
    }

    /** Whether the two servers write a text with the same bytes, and so sort by bytes in the same order. */
    boolean isOfSameBytes() {
        return this == NATIVE;
    }

    /** The fastest hash that both sides of a sync point compute alike. */
    static Hash both(SyncPoint point) {
        return point.onProvider(Hash::probe).equals(point.onSubscriber(Hash::probe)) ? NATIVE : MD5;
    }

    private static String probe(Connection connection) throws SQLException {
        return Jdbc.only(connection, PROBE, row -> row.getString(1));
    }
}
