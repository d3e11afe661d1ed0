package io.londiste.pgq;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for word on a channel: that a queue has a new tick, for example.
 *
 * <p>The word is only a hint: where it cannot come (the original extension sends none, and connection poolers keep it
 * back) waiting ends by its own limit. One thread waits; any thread may close.
 */
public final class Announcements implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);

    private final DataSource source;
    private final String channel;
    private final String payload;
    private final AtomicReference<Connection> connection = new AtomicReference<>();
    private volatile boolean closed;

    /**
     * @param source of which one connection is kept from the first waiting until the end
     * @param channel a plain name
     * @param payload what is to be said; all else on the channel is none of ours
     */
    public Announcements(DataSource source, String channel, String payload) {
        this.source = source;
        this.channel = channel;
        this.payload = payload;
    }

    /**
     * Returns whether there was an announcement since the last time, as soon as there is; else after {@code limit}, or on
     * {@link #close}. Whoever waits for the first time is told at once that there may have been one.
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
                if (isOurs(postgres.getNotifications((int) left))) {
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
        try (Statement statement = listening.createStatement()) {
            statement.execute("listen " + channel);
        }
        if (closed) {
            release();
        }
    }

    private boolean isOurs(PGNotification[] notifications) {
        if (notifications != null) {
            for (PGNotification notification : notifications) {
                if (notification.getParameter().equals(payload)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whoever waits does so no longer. */
    @Override
    public void close() {
        closed = true;
        release();
    }

    /** Cuts the connection: nothing else wakes who waits for it, and whoever had it next would hear what is not for him. */
    private void release() {
        var listening = connection.getAndSet(null);
        if (listening != null) {
            try (listening) {
                listening.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("while cutting the connection that listened on channel {}", channel, e);
            }
        }
    }
}
