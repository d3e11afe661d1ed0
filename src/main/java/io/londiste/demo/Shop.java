package io.londiste.demo;

import io.londiste.table.TableName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/** The shop's database: what the demo replicates. */
public final class Shop {
    /** What the balances of {@code shop.account} add up to at any moment. */
    public static final String ALL_MONEY = "100000.00";

    private static final Pattern TRANSACTION = Pattern.compile("(?m)^-- (\\d+) .*\\n([^;]+;(?s:.*?))(?=\\n-- \\d|\\z)");

    private Shop() {}

    /** Makes schema {@code shop} with its tables, empty. */
    public static void create(DataSource database) throws SQLException {
        execute(database, resource("shop.sql"));
    }

    /** Puts in the rows that are there before anything happens. */
    public static void fill(DataSource database) throws SQLException {
        execute(database, resource("fill.sql"));
    }

    /** All tables, without partitions, in the order in which they were made. */
    public static List<TableName> tables(DataSource database) throws SQLException {
        var query = "select relname from pg_class where relnamespace = 'shop'::regnamespace and relkind in ('r', 'p')"
                + " and not relispartition order by oid";
        var tables = new ArrayList<TableName>();
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            while (row.next()) {
                tables.add(new TableName("shop", row.getString(1)));
            }
        }
        return tables;
    }

    /** The transactions that clients run, each as often as its weight. */
    static List<String> transactions() {
        var transactions = new ArrayList<String>();
        var matcher = TRANSACTION.matcher(resource("load.sql"));
        while (matcher.find()) {
            for (int i = Integer.parseInt(matcher.group(1)); i > 0; i--) {
                transactions.add(matcher.group(2));
            }
        }
        return transactions;
    }

    private static void execute(DataSource database, String script) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(script);
        }
    }

    private static String resource(String name) {
        try (var in = Shop.class.getResourceAsStream("/demo/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
