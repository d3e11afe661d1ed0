package io.londiste.compare;

import io.londiste.table.TableShape.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The pieces into which a table is cut, the same on both sides: ranges of the first column of its key, or, where that is
 * of no use, by a hash of the key. Only pieces that differ are looked at row by row.
 */
final class Ranges {
    /** The most pieces; their digests are held in memory. */
    private static final int MOST = 4096;
    /** Pieces whose rows are found by index rather than by a scan. */
    private static final int FEW = 100;

    private static final int HASHED = 1024;
    /** A first column with fewer values than this much of the wanted pieces does not cut well. */
    private static final double LEAST_USE = 0.25;

    /** Types that sort alike on any two servers, or those with the same encoding: with the collation that makes them do so. */
    private static final Map<String, String> SORTED_ALIKE = Map.ofEntries(
            Map.entry("smallint", ""),
            Map.entry("integer", ""),
            Map.entry("bigint", ""),
            Map.entry("numeric", ""),
            Map.entry("oid", ""),
            Map.entry("uuid", ""),
            Map.entry("date", ""),
            Map.entry("timestamp without time zone", ""),
            Map.entry("timestamp with time zone", ""),
            Map.entry("text", " collate \"C\""),
            Map.entry("character varying", "::text collate \"C\""));

    /** The value of the first row of each page that is looked at. */
    private static final String SAMPLE = """
            select bounds.value::text from (
              select distinct value from (
                select (array_agg(%s))[1] as value from %s tablesample system (%s) repeatable (1)
                group by tableoid, (ctid::text::point)[0]) as pages) as bounds
            order by bounds.value
            """;

    private static final String PAGES = """
            select coalesce(sum(pg_relation_size(c.oid)), 0) / current_setting('block_size')::int
            from pg_catalog.pg_class c
            where c.oid in %s
            """.formatted(Tree.members("?::regclass"));

    /** The range column with its collation; null where pieces are made by hash. */
    private final String column;

    private final String arrayType;
    private final List<String> bounds;
    private final String bucket;

    private Ranges(String column, String arrayType, List<String> bounds, String bucket) {
        this.column = column;
        this.arrayType = arrayType;
        this.bounds = bounds;
        this.bucket = bucket;
    }

    /** Cuts a table by what its pages on the provider look like. */
    static Ranges of(CommonShape shape, Hash hash, Connection provider) throws SQLException {
        long pages = pages(shape, provider);
        var byHash = byHash(shape, hash, pages);
        if (shape.key().isEmpty() || pages <= 1) {
            return byHash;
        }
        Column first = shape.key().get(0);
        String type = first.type().replaceFirst("\\(.*\\)", "");
        String collation = SORTED_ALIKE.get(type);
        if (collation == null || !collation.isEmpty() && !hash.isOfSameBytes()) {
            return byHash;
        }
        String column = first.quoted() + collation;
        var bounds = sample(column, shape.target(), provider, 100.0 * MOST / pages);
        return bounds.size() < Math.min(pages, MOST) * LEAST_USE
                ? byHash
                : byKey(column, type.equals("character varying") ? "text" : type, bounds);
    }

    private static Ranges byKey(String column, String type, List<String> bounds) {
        // one literal: a list of thousands of them takes the server longer to read than many a part of the table
        var array = bounds.stream()
                .map(bound -> '"' + bound.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "{", "}"));
        return new Ranges(
                column, type, bounds, "width_bucket(" + column + ", " + SqlText.literal(array) + "::" + type + "[])");
    }

    private static Ranges byHash(CommonShape shape, Hash hash, long pages) {
        int pieces = pages <= 1 ? 1 : HASHED;
        return new Ranges(null, null, List.of(), "(" + hash.of(shape.keyOrRow()) + " & " + (pieces - 1) + ")::integer");
    }

    private static List<String> sample(String column, String target, Connection provider, double percent)
            throws SQLException {
        var bounds = new ArrayList<String>();
        try (PreparedStatement statement =
                        provider.prepareStatement(SAMPLE.formatted(column, target, Math.min(100, percent)));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                bounds.add(row.getString(1));
            }
        }
        int step = Math.max(1, bounds.size() / MOST);
        var some = new ArrayList<String>();
        for (int i = 0; i < bounds.size(); i += step) {
            some.add(bounds.get(i));
        }
        return some;
    }

    private static long pages(CommonShape shape, Connection provider) throws SQLException {
        try (PreparedStatement statement = provider.prepareStatement(PAGES)) {
            statement.setString(1, shape.table().quoted());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** The number of the piece to which a row belongs, as an SQL expression. */
    String bucket() {
        return bucket;
    }

    /** The SQL condition for the rows of some pieces. */
    String condition(Collection<Integer> pieces) {
        if (column == null || pieces.size() > FEW) {
            return pieces.stream().map(String::valueOf).collect(Collectors.joining(", ", bucket + " in (", ")"));
        }
        return pieces.stream().map(this::condition).collect(Collectors.joining(" or ", "(", ")"));
    }

    private String condition(int piece) {
        if (bounds.isEmpty()) {
            return "true";
        }
        String from = piece == 0 ? null : column + " >= " + bound(piece - 1);
        String to = piece == bounds.size() ? null : column + " < " + bound(piece);
        return from == null ? to : to == null ? from : "(" + from + " and " + to + ")";
    }

    private String bound(int i) {
        return SqlText.literal(bounds.get(i)) + "::" + arrayType;
    }
}
