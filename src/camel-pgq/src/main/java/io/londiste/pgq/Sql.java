package io.londiste.pgq;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs single statements and transactions on a connection of the caller. The package has its own helper because it
 * depends on no other package of this program.
 */
final class Sql {
    private Sql() {}

    /** Converts the current row of a result set. */
    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Work within a transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws SQLException;
    }

    /** The converted rows of a query, in order. */
    static <T> List<T> list(Connection connection, String query, RowReader<T> reader, Object... parameters)
            throws SQLException {
        try (var statement = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (var rows = statement.executeQuery()) {
                var result = new ArrayList<T>();
                while (rows.next()) {
                    result.add(reader.read(rows));
                }
                return result;
            }
        }
    }

    /** The converted first row of a query; empty if there is no row, or the reader returns null. */
    static <T> Optional<T> first(Connection connection, String query, RowReader<T> reader, Object... parameters)
            throws SQLException {
        var rows = list(connection, query, reader, parameters);
        return rows.isEmpty() ? Optional.empty() : Optional.ofNullable(rows.get(0));
    }

    /** The first column of the only row of a query; 0 if it is null. */
    static long number(Connection connection, String query, Object... parameters) throws SQLException {
        return list(connection, query, row -> row.getLong(1), parameters).get(0);
    }

    /** Runs statements without parameters and without a result. */
    static void execute(Connection connection, String statements) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(statements);
        }
    }

    /** Runs the work as one transaction, which is rolled back if the work fails. Leaves the connection in autocommit. */
    static <T> T transaction(Connection connection, Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            T result = work.run();
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException e) {
            try {
                connection.rollback();
            } catch (SQLException failed) {
                e.addSuppressed(failed);
            }
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }
}
