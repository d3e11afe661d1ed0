package io.londiste.pgq;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for word that a queue has a new tick.
 *
 * <p>The word is only a hint: where it cannot come (the original extension sends none, and connection poolers keep it
 * back) waiting ends by its own limit. One thread waits; any thread may close.
 */
final class TickListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TickListener.class);
    /** The longest that closing has to wait for. */
    private static final Duration SLICE = Duration.ofMillis(200);

    private final DataSource source;
    private final String queue;
    private Connection connection;
    private volatile boolean closed;

    TickListener(DataSource source, String queue) {
        this.source = source;
        this.queue = queue;
    }

    /**
     * Returns whether a tick was announced, as soon as it is; else after {@code limit}, when the listener is closed, or
     * soon after nobody wants to know any more.
     */
    synchronized boolean await(Duration limit, BooleanSupplier wanted) throws SQLException {
        try {
            if (connection == null) {
                listen();
                return true; // a tick may have come before we listened
            }
            long end = System.nanoTime() + limit.toNanos();
            PGConnection postgres = connection.unwrap(PGConnection.class);
            for (long left = limit.toMillis();
                    left > 0 && !closed && wanted.getAsBoolean();
                    left = (end - System.nanoTime()) / 1_000_000) {
                if (isOurs(postgres.getNotifications((int) Math.min(left, SLICE.toMillis())))) {
                    return true;
                }
            }
            return false;
        } catch (SQLException e) {
            release();
            throw e;
        } finally {
            if (closed) {
                release();
            }
        }
    }

    private void listen() throws SQLException {
        connection = source.getConnection();
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen pgq_tick");
        }
    }

    private boolean isOurs(PGNotification[] notifications) {
        if (notifications != null) {
            for (PGNotification notification : notifications) {
                if (notification.getParameter().equals(queue)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            release();
        }
    }

    private void release() {
        if (connection == null) {
            return;
        }
        try (Connection closing = connection) {
            connection = null;
            try (Statement statement = closing.createStatement()) {
                statement.execute("unlisten *");
            }
        } catch (SQLException e) {
            LOG.debug("while giving back the connection that listened for ticks of queue {}", queue, e);
        }
    }
}
