package io.londiste.db;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Runs work as transactions. */
public final class Transactions {
    private Transactions() {}

    /** Work within a transaction. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Connection transaction) throws SQLException;
    }

    /** Work within a transaction that returns nothing. */
    @FunctionalInterface
    public interface Step {
        void run(Connection transaction) throws SQLException;
    }

    /** Runs the work as one transaction, which is rolled back if the work fails. */
    public static <T> T call(DataSource source, Work<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            }
        }
    }

    /** Runs work that returns nothing, in the same way as {@link #call}. */
    public static void run(DataSource source, Step step) throws SQLException {
        call(source, transaction -> {
            step.run(transaction);
            return null;
        });
    }

    /** Rolls back because of an error; if the rollback fails as well, its exception is added to the error as suppressed. */
    public static void rollback(Connection connection, Exception error) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            error.addSuppressed(e);
        }
    }
}
