package io.londiste.compare;

import io.londiste.db.Database;
import io.londiste.error.LondisteException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Provider and subscriber at one and the same moment: connections of either side, as many as wanted, see their database
 * as of one tick, for as long as this is open. Nobody is locked out by that; but what is deleted or changed meanwhile
 * cannot be vacuumed, as in every long transaction.
 *
 * <p>Safe for use by several threads; each connection by one.
 */
public final class SyncPoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SyncPoint.class);

    private final long tick;
    private final boolean exact;
    private final Snapshot provider;
    private final Snapshot subscriber;
    /** Those that work just now. */
    private final Set<Connection> busy = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    SyncPoint(long tick, boolean exact, Snapshot provider, Snapshot subscriber) {
        this.tick = tick;
        this.exact = exact;
        this.provider = provider;
        this.subscriber = subscriber;
    }

    /** The state of one database, held by a transaction and known by the name under which others can import it. */
    record Snapshot(Database database, Connection holder, String name) {
        private <T> T on(Database.Work<T> work) {
            return database.read(connection -> transaction(connection, reading -> {
                execute(reading, "set transaction snapshot '" + name + "'");
                heedClient(reading);
                return work.run(reading);
            }));
        }

        /** Closes it because of an error that is to be thrown. */
        void abandon(Exception error) {
            try {
                close();
            } catch (RuntimeException e) {
                error.addSuppressed(e);
            }
        }

        private void close() {
            database.call(source -> {
                try (holder) {
                    reset(holder);
                    return null;
                }
            });
        }
    }

    /** Works in a transaction that sees one state throughout, and which is rolled back unless the work commits it. */
    static <T> T transaction(Connection connection, Database.Work<T> work) throws SQLException {
        T result;
        try {
            begin(connection);
            result = work.run(connection);
        } catch (SQLException | RuntimeException e) {
            reset(connection, e);
            throw e;
        }
        reset(connection);
        return result;
    }

    /** Begins a transaction that sees one state throughout. */
    static void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        prepare(connection);
    }

    /** What holds for every transaction here. */
    static void prepare(Connection connection) throws SQLException {
        // which names types print without their schema must not depend on the role; and a server may not know for hours
        // that a client's machine is gone; and digests take a fifth longer with JIT than without
        execute(
                connection,
                "set local search_path = pg_catalog; set local jit = off; set local tcp_keepalives_idle = 5;"
                        + " set local tcp_keepalives_interval = 2; set local tcp_keepalives_count = 3");
    }

    /**
     * Has the server end the transaction within a second if its client goes, also in the middle of a long query; PostgreSQL
     * 13 and other systems than Linux notice that when they answer. To be asked when the snapshot is there.
     */
    static void heedClient(Connection connection) throws SQLException {
        execute(
                connection,
                "select set_config('client_connection_check_interval', '1s', true)"
                        + " where current_setting('client_connection_check_interval', true) is not null"
                        + " and version() like '%linux%'");
    }

    private static void reset(Connection connection) throws SQLException {
        connection.rollback();
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(true);
    }

    /** Ends a transaction because of an error that is to be thrown. */
    static void reset(Connection connection, Exception error) {
        try {
            reset(connection);
        } catch (SQLException e) {
            error.addSuppressed(e);
        }
    }

    private static void cancel(Connection connection) {
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            LOG.debug("{} cannot be cancelled", connection, e);
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    Database provider() {
        return provider.database;
    }

    Database subscriber() {
        return subscriber.database;
    }

    /** Works on a connection of the provider; its transaction is rolled back afterwards. */
    <T> T onProvider(Database.Work<T> work) {
        requireOpen();
        return provider.on(connection -> busy(connection, work));
    }

    /** Works on a connection of the subscriber; its transaction is rolled back afterwards. */
    <T> T onSubscriber(Database.Work<T> work) {
        requireOpen();
        return subscriber.on(connection -> busy(connection, work));
    }

    private <T> T busy(Connection connection, Database.Work<T> work) throws SQLException {
        busy.add(connection);
        try {
            requireOpen();
            return work.run(connection);
        } finally {
            busy.remove(connection);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new LondisteException("was ended");
        }
    }

    /** The tick whose state both sides show. */
    public long tick() {
        return tick;
    }

    /** Whether both sides really show the same moment; false only where a lag was to be ignored. */
    public boolean isExact() {
        return exact;
    }

    /** Ends what is still being asked, too. */
    @Override
    public void close() {
        closed = true;
        busy.forEach(SyncPoint::cancel);
        try {
            provider.close();
        } finally {
            subscriber.close();
        }
    }
}
