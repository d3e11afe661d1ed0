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
 * Reads the {@link Bank} on the subscriber again and again, and ends with an error at the first state that
 * the provider never had.
 */
final class BankReader implements Callable<Void> {
    private final DataSource subscriber;
    private final Map<String, Long> checked = new TreeMap<>();
    private final Map<String, Long> writers = new HashMap<>();
    private volatile boolean enough;

    BankReader(DataSource subscriber) {
        this.subscriber = subscriber;
    }

    /** Ends after the read that is running. */
    void enough() {
        enough = true;
    }

    /** How often each rule was checked; valid when the reader has ended. */
    Map<String, Long> checked() {
        return checked;
    }

    @Override
    public Void call() throws SQLException {
        try (Connection connection = subscriber.getConnection();
                Statement statement = connection.createStatement()) {
            while (!enough) {
                try (ResultSet row = statement.executeQuery(Bank.CHECK)) {
                    while (row.next()) {
                        check(row.getString(1), row.getString(2), row.getLong(3));
                    }
                } catch (SQLException e) {
                    if (!SqlState.isPassing(e)) { // the read may be the victim of a deadlock
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
                    + value + " after " + checked);
        }
        checked.merge(kind.equals("writer") ? kind : kind + " " + name, 1L, Long::sum);
    }
}
