package io.londiste.demo;

import io.londiste.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Compares tables of two databases row by row, by a digest of each row, while nothing is written and replay has caught
 * up. Keeps one digest a row in memory: for tables of a demo or a test.
 */
public final class DemoCompare {
    /** As many differences of one table are told one by one. */
    private static final int TOLD = 10;

    /** So that both servers, whatever their versions and settings, write the same value alike. */
    private static final String SESSION =
            "set datestyle = 'ISO, YMD'; set intervalstyle = postgres; set timezone = 'UTC';"
                    + " set extra_float_digits = 3; set bytea_output = hex";

    /** Writes the query that gives key and digest of each row, the columns by their names in order of the alphabet. */
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

    /** What differs between the two sides in any of the tables, one line each; empty if nothing does. */
    public List<String> differences(List<TableName> tables) throws SQLException {
        var differences = new ArrayList<String>();
        for (var table : tables) {
            differences.addAll(differences(table));
        }
        return differences;
    }

    /** What differs between the two sides in the table, one line each; empty if nothing does. */
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
        int more = differences.size() - TOLD;
        if (more > 0) {
            differences.subList(TOLD, differences.size()).clear();
            differences.add(table + ": and " + more + " more");
        }
        return differences;
    }

    /** Every row's digest by its key, which is written as a JSON array. The table has a primary key. */
    public static Map<String, String> digests(DataSource database, TableName table) throws SQLException {
        try (var connection = database.getConnection()) {
            try (var statement = connection.createStatement()) {
                statement.execute(SESSION);
                var digests = new HashMap<String, String>();
                try (var row = statement.executeQuery(query(connection, table))) {
                    while (row.next()) {
                        digests.put(row.getString(1), row.getString(2));
                    }
                }
                return digests;
            }
        }
    }

    private static String query(Connection connection, TableName table) throws SQLException {
        try (var statement = connection.prepareStatement(DIGESTS)) {
            statement.setString(1, table.quoted());
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException(table + " has no primary key");
                }
                return row.getString(1);
            }
        }
    }
}
