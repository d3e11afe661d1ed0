package io.londiste.copy;

import io.londiste.db.Jdbc;
import io.londiste.db.Jdbc.RowReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs long statements that give way: one is cancelled as soon as another session waits for a lock that it holds, so
 * that it holds up nobody. Safe for use by several threads.
 */
final class GivingWay {
    private static final Logger LOG = LoggerFactory.getLogger(GivingWay.class);
    private static final Duration CHECK = Duration.ofMillis(200);
    private static final String IS_WAITED_FOR =
            "select exists (select from pg_catalog.pg_locks where not granted and ? = any (pg_catalog.pg_blocking_pids(pid)))";

    private final DataSource source;
    private final ScheduledThreadPoolExecutor watching = new ScheduledThreadPoolExecutor(1, GivingWay::thread);

    GivingWay(DataSource source) {
        this.source = source;
        watching.setKeepAliveTime(CHECK.toMillis() * 2, TimeUnit.MILLISECONDS); // then the thread ends
        watching.allowCoreThreadTimeOut(true);
        watching.setRemoveOnCancelPolicy(true);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "giving way");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Runs a query as a transaction of its own, and converts its first row.
     *
     * @param ended the statement is also cancelled when this is true
     * @throws SQLException with SQLSTATE 57014 if it was cancelled
     */
    <T> T call(String query, RowReader<T> reader, BooleanSupplier ended, Object... parameters) throws SQLException {
        try (Connection connection = source.getConnection()) {
            int pid = Jdbc.only(connection, "select pg_catalog.pg_backend_pid()", row -> row.getInt(1));
            try (PreparedStatement statement = connection.prepareStatement(query)) {
                Jdbc.bind(connection, statement, parameters);
                ScheduledFuture<?> watch = watching.scheduleWithFixedDelay(
                        () -> giveWay(statement, pid, ended),
                        CHECK.toMillis(),
                        CHECK.toMillis(),
                        TimeUnit.MILLISECONDS);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return reader.read(row);
                } finally {
                    watch.cancel(false);
                }
            }
        }
    }

    private void giveWay(PreparedStatement statement, int pid, BooleanSupplier ended) {
        try {
            if (ended.getAsBoolean() || isWaitedFor(pid)) {
                statement.cancel();
            }
        } catch (SQLException e) {
            LOG.debug("whether a session waits for backend {} is not known", pid, e);
        }
    }

    private boolean isWaitedFor(int pid) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return Jdbc.only(connection, IS_WAITED_FOR, row -> row.getBoolean(1), pid);
        }
    }
}
