package io.londiste.app;

import io.londiste.config.Databases;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.db.Pools;
import io.londiste.error.LondisteException;
import io.londiste.table.ReplayLock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Lets one process at a time do a job, wherever the processes run. The lock belongs to a session on the subscriber, so
 * that it goes with its process, however that ends. Used by one thread.
 */
public final class JobLock implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 5;
    private static final int LONGEST_NAME = 63;

    private final String consumer;
    private final Database subscriber;
    private Connection session;

    public JobLock(Settings settings) {
        consumer = settings.consumerId();
        var source = settings.subscriberDb().dataSource(sessionName(settings.jobName()));
        subscriber = Databases.subscriber(settings, source);
    }

    /** Tells whoever waits for the lock which process has it. */
    private static String sessionName(String job) {
        var process = " (process " + ProcessHandle.current().pid() + " on " + hostName() + ")";
        int room = Math.max(0, LONGEST_NAME - process.length());
        return job.substring(0, Math.min(job.length(), room)) + process;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown host";
        }
    }

    /**
     * Whether this process has the job, which it takes if nobody has.
     *
     * @throws LondisteException if the subscriber cannot be asked
     */
    public boolean isOurs() {
        return subscriber.call(source -> {
            if (session != null && session.isValid(PATIENCE_SECONDS)) {
                return true;
            }
            close();
            var connection = source.getConnection();
            try (var take = connection.prepareStatement(ReplayLock.TAKE)) {
                Pools.prepare(connection);
                take.setString(1, consumer);
                try (var row = take.executeQuery()) {
                    row.next();
                    session = row.getBoolean(1) ? connection : null;
                }
                return session != null;
            } finally {
                if (session == null) {
                    connection.close();
                }
            }
        });
    }

    /** Which process has the job, as far as it can be seen. */
    public String holder() {
        List<String> holders = subscriber.texts(ReplayLock.HOLDER, consumer);
        return holders.isEmpty() ? "another process" : holders.get(0);
    }

    /** Gives the job to others. */
    @Override
    public void close() throws SQLException {
        if (session != null) {
            var ended = session;
            session = null;
            ended.close();
        }
    }
}
