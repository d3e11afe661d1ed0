package io.londiste.chaos;

import io.londiste.db.SqlState;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import javax.sql.DataSource;

/**
 * Looks at the {@link Bank} on the subscriber again and again, and ends with an error at the first look that shows what
 * the provider never had.
 */
final class BankReader implements Callable<Void> {
    private final DataSource subscriber;
    private final Map<String, Long> looks = new TreeMap<>();
    private final Map<String, Long> writers = new HashMap<>();
    private volatile boolean enough;

    BankReader(DataSource subscriber) {
        this.subscriber = subscriber;
    }

    /** Lets the look that is being taken be the last. */
    void enough() {
        enough = true;
    }

    /** How often each rule could be looked at; to be asked when the reader has ended. */
    Map<String, Long> looks() {
        return looks;
    }

    @Override
    public Void call() throws SQLException {
        try (Connection connection = subscriber.getConnection();
                Statement statement = connection.createStatement()) {
            while (!enough) {
                try (ResultSet row = statement.executeQuery(Bank.LOOK)) {
                    while (row.next()) {
                        check(row.getString(1), row.getString(2), row.getLong(3));
                    }
                } catch (SQLException e) {
                    if (!SqlState.isPassing(e)) { // a look may lose a deadlock
                        throw e;
                    }
                }
            }
        }
        return null;
    }

    private void check(String kind, String name, long value) {
        boolean right =
                switch (kind) {
                    case "money" -> value == Bank.ALL_MONEY;
                    case "writer" -> {
                        Long before = writers.put(name, value);
                        yield before == null || before <= value;
                    }
                    default -> value == 0;
                };
        if (!right) {
            throw new AssertionError("the subscriber shows what the provider never had: " + kind + " " + name + " "
                    + value + " after " + looks);
        }
        looks.merge(kind.equals("writer") ? kind : kind + " " + name, 1L, Long::sum);
    }
}
