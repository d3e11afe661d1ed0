package io.londiste.copy;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.db.Transactions;
import io.londiste.pgq.PgqClient;
import io.londiste.table.SnapshotTick;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transaction of the provider that sees it exactly as of one tick, with the connection that it runs on. */
final class ProviderSnapshot implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProviderSnapshot.class);

    private final Connection connection;
    private SnapshotTick tick;
    private boolean closed;

    private ProviderSnapshot(Connection connection) {
        this.connection = connection;
    }

    /** Begins the transaction, which has no snapshot yet. */
    static ProviderSnapshot open(DataSource provider) throws SQLException {
        ProviderSnapshot snapshot = new ProviderSnapshot(provider.getConnection());
        try {
            begin(snapshot.connection);
            return snapshot;
        } catch (SQLException e) {
            snapshot.closeAfter(e);
            throw e;
        }
    }

    private static void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    }

    private static void end(Connection connection) throws SQLException {
        connection.rollback();
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(true);
    }

    /** Locks a table against everything that would change its definition or empty it. */
    void lock(TableName table) throws SQLException {
        Jdbc.execute(connection, "lock table " + table.quoted() + " in access share mode");
    }

    /** Takes the transaction's snapshot, makes it a new tick of the queue, and registers a consumer at that tick. */
    void become(DataSource provider, String queue, String consumer) throws SQLException {
        try (Connection ticking = provider.getConnection()) {
            begin(ticking);
            try {
                SnapshotTick made = SnapshotTick.make(ticking, queue);
                made.importInto(connection);
                PgqClient.registerConsumerAt(ticking, queue, consumer, made.tick());
                ticking.commit();
                tick = made;
            } catch (SQLException | RuntimeException e) {
                Transactions.rollback(ticking, e);
                throw e;
            } finally {
                end(ticking);
            }
        }
    }

    Connection connection() {
        return connection;
    }

    /** The tick whose snapshot the transaction sees. */
    SnapshotTick tick() {
        return tick;
    }

    /** Ends the transaction. May be called more than once. */
    @Override
    public void close() throws SQLException {
        if (!closed) {
            closed = true;
            try (connection) {
                end(connection);
            }
        }
    }

    /** Closes because of an error that is to be thrown. */
    void closeAfter(Exception error) {
        try {
            close();
        } catch (SQLException e) {
            error.addSuppressed(e);
        }
    }

    /** Closes the transaction; a failure is only logged. */
    void closeQuietly() {
        try {
            close();
        } catch (SQLException e) {
            LOG.debug("while returning the provider's connection to the pool", e);
        }
    }
}
