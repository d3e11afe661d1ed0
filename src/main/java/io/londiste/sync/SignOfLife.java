package io.londiste.sync;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a server that this process still works on a transaction that holds locks. If the process is frozen (suspended by a signal, or with its
 * virtual machine), the server ends the transaction after a limit, so that nobody waits for it any longer. Without this, the
 * server could not tell a frozen process from one that works elsewhere meanwhile.
 */
final class SignOfLife implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SignOfLife.class);

    /** How many signs are sent within the limit. */
    private static final int SIGNS = 5;

    private final Connection connection;
    private final ScheduledExecutorService signs = Executors.newSingleThreadScheduledExecutor(work -> {
        var thread = new Thread(work, "sign of life");
        thread.setDaemon(true);
        return thread;
    });

    private SignOfLife(Connection connection) {
        this.connection = connection;
    }

    /**
     * Begins. The current transaction is ended by the server when there is no sign for the limit.
     *
     * @param connection may be used by another thread meanwhile
     */
    static SignOfLife of(Connection connection, Duration limit) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local idle_in_transaction_session_timeout = " + limit.toMillis());
        }
        var life = new SignOfLife(connection);
        long pause = Math.max(1, limit.toMillis() / SIGNS);
        life.signs.scheduleWithFixedDelay(life::send, pause, pause, TimeUnit.MILLISECONDS);
        return life;
    }

    private void send() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("");
        } catch (SQLException e) {
            LOG.debug("the transaction has ended", e); // its next statement will report that
        }
    }

    @Override
    public void close() {
        signs.shutdownNow();
        try {
            signs.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
