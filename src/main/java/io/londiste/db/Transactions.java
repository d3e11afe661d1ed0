package io.londiste.db;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Runs pieces of work as transactions. */
public final class Transactions {
    private Transactions() {}

    /** Work within a transaction. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Connection transaction) throws SQLException;
    }

    /** Work within a transaction that gives nothing back. */
    @FunctionalInterface
    public interface Step {
        void run(Connection transaction) throws SQLException;
    }

    /** Commits what the work did, or rolls it back if it throws. */
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

    /** As {@link #call}. */
    public static void run(DataSource source, Step step) throws SQLException {
        call(source, transaction -> {
            step.run(transaction);
            return null;
        });
    }

    /** Rolls back after an error that is to be thrown; a failure of the rollback itself is added to it. */
    public static void rollback(Connection connection, Exception error) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            error.addSuppressed(e);
        }
    }
}
