package io.londiste.pgq;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for a notification on a channel, for example that a queue has a new tick.
 *
 * <p>A notification is only a hint: where none can arrive (the original extension sends none, and connection poolers do
 * not pass them on), a wait ends at its time limit. One thread waits; any thread may close.
 */
public final class Announcements implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);

    /** After this time without a notification, the connection is checked: nothing is sent on it otherwise. */
    private static final Duration PING_INTERVAL = Duration.ofSeconds(8);

    private static final int PING_SECONDS = 5;

    private final DataSource source;
    private final String channel;
    private final String payload;
    private final AtomicReference<Connection> connection = new AtomicReference<>();
    private final Duration pingInterval;
    private volatile boolean closed;
    private long heard = System.nanoTime();

    /**
     * @param source one of its connections is held from the first wait until {@link #close}
     * @param channel a plain SQL identifier; it is not quoted
     * @param payload the payload to wait for; notifications with another payload are ignored
     */
    public Announcements(DataSource source, String channel, String payload) {
        this(source, channel, payload, PING_INTERVAL);
    }

    Announcements(DataSource source, String channel, String payload, Duration pingInterval) {
        this.source = source;
        this.channel = channel;
        this.payload = payload;
        this.pingInterval = pingInterval;
    }

    /**
     * Waits for a notification that arrived since the previous call.
     *
     * @return true as soon as there is one, and at once on the first call, before which one may have been missed; false
     *     after {@code limit} or on {@link #close}
     * @throws SQLException if the connection is lost, which is noticed although nothing arrives
     */
    public boolean await(Duration limit) throws SQLException {
        try {
            var listening = connection.get();
            if (listening == null) {
                listen();
                return !closed;
            }
            var postgres = listening.unwrap(PGConnection.class);
            long end = System.nanoTime() + limit.toNanos();
            for (long left = limit.toMillis(); left > 0 && !closed; left = (end - System.nanoTime()) / 1_000_000) {
                ping(listening);
                if (isOurs(postgres.getNotifications((int) Math.min(left, pingInterval.toMillis())))) {
                    return true;
                }
            }
            return false;
        } catch (SQLException e) {
            release();
            if (closed) {
                return false;
            }
            throw e;
        }
    }

    private void listen() throws SQLException {
        var listening = source.getConnection();
        connection.set(listening);
        listening.setAutoCommit(true);
        Sql.execute(listening, "listen " + channel);
        heard = System.nanoTime();
        if (closed) {
            release();
        }
    }

    private void ping(Connection listening) throws SQLException {
        if (System.nanoTime() - heard > pingInterval.toNanos()) {
            if (!listening.isValid(PING_SECONDS)) {
                throw new SQLException("the connection that listens on channel " + channel + " is lost", "08006");
            }
            heard = System.nanoTime();
        }
    }

    private boolean isOurs(PGNotification[] notifications) {
        if (notifications != null && notifications.length > 0) {
            heard = System.nanoTime();
            for (PGNotification notification : notifications) {
                if (notification.getParameter().equals(payload)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Ends a wait that is in progress. */
    @Override
    public void close() {
        closed = true;
        release();
    }

    /**
     * Aborts the connection instead of returning it to its pool: only that wakes a waiting thread, and the next borrower
     * would receive our notifications.
     */
    private void release() {
        var listening = connection.getAndSet(null);
        if (listening != null) {
            try (listening) {
                listening.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("aborting the connection that listened on channel {}", channel, e);
            }
        }
    }
}
