package io.londiste.digest;

import io.londiste.db.Jdbc;
import io.londiste.sync.TableTree;
import io.londiste.table.TableShape.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The pieces into which a table is cut, the same on both sides: by ranges of the first column of its key, or, where ranges
 * do not work, by a hash of the key. Only pieces that differ are read row by row.
 */
final class Ranges {
    /** The maximum number of pieces; their digests are held in memory. */
    private static final int MOST = 4096;
    /** Up to this number of pieces, their rows are found by index rather than by a scan. */
    private static final int FEW = 100;

    private static final int HASHED = 1024;
    /** The share of the wanted pieces that the values of a key's first column must make at least. */
    private static final double LEAST_SHARE = 0.25;

    /** Types that sort alike on two servers, with the collation that makes them do so if their encoding is the same. */
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

    /** The first value on each page of a sample. */
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
            """.formatted(TableTree.members("?::regclass"));

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

    /** Cuts a table by a sample of its pages on the provider. */
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
        return bounds.size() < Math.min(pages, MOST) * LEAST_SHARE
                ? byHash
                : byKey(column, type.equals("character varying") ? "text" : type, bounds);
    }

    private static Ranges byKey(String column, String type, List<String> bounds) {
        // one literal: a list of thousands of them takes a server longer to parse than many a part of the table to scan
        var array = bounds.stream()
                .map(bound -> '"' + bound.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "{", "}"));
        return new Ranges(
                column, type, bounds, "width_bucket(" + column + ", " + SqlLiteral.of(array) + "::" + type + "[])");
    }

    private static Ranges byHash(CommonShape shape, Hash hash, long pages) {
        int pieces = pages <= 1 ? 1 : HASHED;
        return new Ranges(null, null, List.of(), "(" + hash.of(shape.keyOrRow()) + " & " + (pieces - 1) + ")::integer");
    }

    private static List<String> sample(String column, String target, Connection provider, double percent)
            throws SQLException {
        var bounds =
                Jdbc.list(provider, SAMPLE.formatted(column, target, Math.min(100, percent)), row -> row.getString(1));
        int step = Math.max(1, bounds.size() / MOST);
        var some = new ArrayList<String>();
        for (int i = 0; i < bounds.size(); i += step) {
            some.add(bounds.get(i));
        }
        return some;
    }

    private static long pages(CommonShape shape, Connection provider) throws SQLException {
        return Jdbc.only(
                provider, PAGES, row -> row.getLong(1), shape.tableThere().quoted());
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
        return SqlLiteral.of(bounds.get(i)) + "::" + arrayType;
    }
}
