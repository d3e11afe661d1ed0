package io.londiste.demo;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/** The database of a shop, which the demo replicates. */
public final class Shop {
    /** The sum of the balances of {@code shop.account} at any moment. */
    public static final String ALL_MONEY = "100000.00";

    private static final Pattern TRANSACTION = Pattern.compile("(?m)^-- (\\d+) .*\\n([^;]+;(?s:.*?))(?=\\n-- \\d|\\z)");

    private Shop() {}

    /** Creates the schema {@code shop} with empty tables. */
    public static void create(DataSource database) throws SQLException {
        execute(database, resource("shop.sql"));
    }

    /** Inserts the initial rows. */
    public static void fill(DataSource database) throws SQLException {
        execute(database, resource("fill.sql"));
    }

    /** All tables except partitions, in the order of their creation. */
    public static List<TableName> tables(DataSource database) throws SQLException {
        var query = "select relname from pg_class where relnamespace = 'shop'::regnamespace and relkind in ('r', 'p')"
                + " and not relispartition order by oid";
        try (var connection = database.getConnection()) {
            return Jdbc.list(connection, query, row -> new TableName("shop", row.getString(1)));
        }
    }

    /** The transactions of the clients, each repeated according to its weight. */
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
        try (var connection = database.getConnection()) {
            Jdbc.execute(connection, script);
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
