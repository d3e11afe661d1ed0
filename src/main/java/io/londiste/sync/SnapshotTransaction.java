package io.londiste.sync;

import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;

/** Transactions that see one state of their database throughout. */
final class SnapshotTransaction {
    private SnapshotTransaction() {}

    /** Runs the work in such a transaction, which is rolled back unless the work commits it. */
    static <T> T run(Connection connection, Database.Work<T> work) throws SQLException {
        T result;
        try {
            begin(connection);
            result = work.run(connection);
        } catch (SQLException | RuntimeException e) {
            end(connection, e);
            throw e;
        }
        end(connection);
        return result;
    }

    static void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        prepare(connection);
    }

    /** Applies the settings to a transaction that has just begun; does not take its snapshot. */
    static void prepare(Connection connection) throws SQLException {
        // whether types print names with a schema must not depend on the role; a server may not notice for hours
        // that a client's machine is gone; and digests take a fifth longer with JIT than without
        Jdbc.execute(
                connection,
                "set local search_path = pg_catalog; set local jit = off; set local tcp_keepalives_idle = 5;"
                        + " set local tcp_keepalives_interval = 2; set local tcp_keepalives_count = 3");
    }

    /**
     * Makes the server end the transaction within a second after its client has gone, even in the middle of a long
     * query. PostgreSQL 13, and servers on other systems than Linux, notice that only when they send an answer. To be
     * called after the snapshot is taken.
     */
    static void endWithClient(Connection connection) throws SQLException {
        Jdbc.execute(
                connection,
                "select set_config('client_connection_check_interval', '1s', true)"
                        + " where current_setting('client_connection_check_interval', true) is not null"
                        + " and version() like '%linux%'");
    }

    /** Rolls back, and restores the connection's settings. */
    static void end(Connection connection) throws SQLException {
        connection.rollback();
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(true);
    }

    /** Rolls back because of an error that the caller throws; if that fails, the failure is added to the error. */
    static void end(Connection connection, Exception error) {
        try {
            end(connection);
        } catch (SQLException e) {
            error.addSuppressed(e);
        }
    }
}
