package io.londiste.sync;

import io.londiste.db.Database;
import io.londiste.error.LondisteException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Provider and subscriber as of one tick: any number of connections to either side see the state of that tick until
 * this is closed. No client is locked out; but rows that are deleted or updated in the meantime cannot be vacuumed, as
 * with every long transaction.
 *
 * <p>Safe for use by several threads; each connection is used by one.
 */
public final class SyncPoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SyncPoint.class);

    private final long tick;
    private final boolean exact;
    private final Snapshot provider;
    private final Snapshot subscriber;
    private final Set<Connection> working = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    SyncPoint(long tick, boolean exact, Snapshot provider, Snapshot subscriber) {
        this.tick = tick;
        this.exact = exact;
        this.provider = provider;
        this.subscriber = subscriber;
    }

    public Database provider() {
        return provider.database();
    }

    public Database subscriber() {
        return subscriber.database();
    }

    /**
     * Runs work on a connection to the provider; its transaction is rolled back afterwards.
     *
     * @throws LondisteException if the server fails, or the sync point is closed before the work is done
     */
    public <T> T onProvider(Database.Work<T> work) {
        requireOpen();
        return provider.on(connection -> cancellable(connection, work));
    }

    /** Runs work on a connection to the subscriber, otherwise like {@link #onProvider}. */
    public <T> T onSubscriber(Database.Work<T> work) {
        requireOpen();
        return subscriber.on(connection -> cancellable(connection, work));
    }

    /** Runs work on a connection to each side. */
    public <T> T onBoth(WorkAtTick<T> work) {
        return onProvider(there -> onSubscriber(here -> work.run(there, here)));
    }

    private <T> T cancellable(Connection connection, Database.Work<T> work) throws SQLException {
        working.add(connection);
        try {
            requireOpen();
            return work.run(connection);
        } finally {
            working.remove(connection);
        }
    }

    /** Fails if this is closed. */
    void requireOpen() {
        if (closed) {
            throw new LondisteException("was ended");
        }
    }

    /** The tick whose state both sides show. */
    public long tick() {
        return tick;
    }

    /** Whether both sides show the same tick; false only if {@code force} accepted a lag. */
    public boolean isExact() {
        return exact;
    }

    /** Releases the snapshots and cancels the queries that still run. May be called more than once. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        working.forEach(SyncPoint::cancel);
        try {
            provider.release();
        } finally {
            subscriber.release();
        }
    }

    private static void cancel(Connection connection) {
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            LOG.debug("{} cannot be cancelled", connection, e);
        }
    }
}
