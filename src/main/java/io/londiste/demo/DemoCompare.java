package io.londiste.demo;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Compares tables of two databases row by row, by a digest of each row. Nothing may be written meanwhile, and the replay
 * must have caught up. Keeps one digest per row in memory, so it is only for the tables of a demo or a test.
 */
public final class DemoCompare {
    /** The number of differences of one table that are listed. */
    private static final int MAX_LISTED = 10;

    /** Settings with which both servers, whatever their versions and settings, format equal values equally. */
    private static final String SESSION =
            "set datestyle = 'ISO, YMD'; set intervalstyle = postgres; set timezone = 'UTC';"
                    + " set extra_float_digits = 3; set bytea_output = hex";

    /** Generates the query for key and digest of each row, with the columns in alphabetical order. */
    private static final String DIGESTS = """
            select format('select jsonb_build_array(%s)::text, md5(row(%s)::text) from %s',
              string_agg(quote_ident(attname) || '::text', ', ' order by array_position(indkey::int2[], attnum))
                filter (where attnum = any (indkey)),
              string_agg(quote_ident(attname), ', ' order by attname collate "C"),
              attrelid::regclass)
            from pg_attribute join pg_index on indrelid = attrelid and indisprimary
            where attrelid = ?::regclass and attnum > 0 and not attisdropped
            group by attrelid
            """;

    private final DataSource provider;
    private final DataSource subscriber;

    public DemoCompare(DataSource provider, DataSource subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
    }

    /** The differences between both sides in any of the tables, one line each; empty if there are none. */
    public List<String> differences(List<TableName> tables) throws SQLException {
        var differences = new ArrayList<String>();
        for (var table : tables) {
            differences.addAll(differences(table));
        }
        return differences;
    }

    /** The differences between both sides in the table, one line each; empty if there are none. */
    public List<String> differences(TableName table) throws SQLException {
        var missing = digests(provider, table);
        var differences = new ArrayList<String>();
        digests(subscriber, table).forEach((key, digest) -> {
            var expected = missing.remove(key);
            if (expected == null) {
                differences.add(table + " " + key + ": only on the subscriber");
            } else if (!expected.equals(digest)) {
                differences.add(table + " " + key + ": differs");
            }
        });
        missing.keySet().forEach(key -> differences.add(table + " " + key + ": only on the provider"));
        int more = differences.size() - MAX_LISTED;
        if (more > 0) {
            differences.subList(MAX_LISTED, differences.size()).clear();
            differences.add(table + ": and " + more + " more");
        }
        return differences;
    }

    /** The digest of each row by its key, which is a JSON array. The table has to have a primary key. */
    public static Map<String, String> digests(DataSource database, TableName table) throws SQLException {
        try (var connection = database.getConnection()) {
            Jdbc.execute(connection, SESSION);
            var query = Jdbc.first(connection, DIGESTS, row -> row.getString(1), table.quoted())
                    .orElseThrow(() -> new SQLException(table + " has no primary key"));
            var digests = new HashMap<String, String>();
            Jdbc.list(connection, query, row -> digests.put(row.getString(1), row.getString(2)));
            return digests;
        }
    }
}
