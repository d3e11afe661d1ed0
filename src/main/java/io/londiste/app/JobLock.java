package io.londiste.app;

import io.londiste.config.Databases;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.db.Dsn;
import io.londiste.db.Jdbc;
import io.londiste.db.Pools;
import io.londiste.db.Timeouts;
import io.londiste.error.LondisteException;
import io.londiste.schema.Installed;
import io.londiste.table.ReplayLock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Lets only one process at a time run a job, on whatever machines the processes run. The lock belongs to a session on the
 * subscriber, so that it is released when its process ends, in whatever way. Used by one thread.
 */
public final class JobLock implements AutoCloseable {

    private static final int LONGEST_NAME = 63;

    private final String consumer;
    private final Dsn dsn;
    private final Database subscriber;
    private Connection session;

    public JobLock(Settings settings) {
        consumer = settings.consumerId();
        dsn = settings.subscriberDb();
        var source = dsn.dataSource(sessionName(settings.jobName()));
        subscriber = Databases.subscriber(settings, source);
    }

    /** Names the process that has the lock, for processes that wait for it; see {@link #holder}. */
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
     * Returns whether this process has the lock; acquires it if no process has it. Does not try to on a subscriber whose
     * schema has another version, so that a process that waits for the upgrade does not keep it from being made.
     *
     * @throws LondisteException if the subscriber cannot be queried, or its schema has another version
     */
    public boolean isOurs() {
        return subscriber.call(source -> {
            if (session != null && session.isValid((int) Timeouts.PING.toSeconds())) {
                return true;
            }
            close();
            Installed.requireNoOtherVersion(subscriber);
            var connection = Pools.session(dsn, source);
            try {
                if (Jdbc.only(connection, ReplayLock.TAKE, row -> row.getBoolean(1), consumer)) {
                    session = connection;
                }
                return session != null;
            } finally {
                if (session == null) {
                    connection.close();
                }
            }
        });
    }

    /** The process that has the lock, for messages. */
    public String holder() {
        List<String> holders = subscriber.texts(ReplayLock.HOLDER, consumer);
        return holders.isEmpty() ? "another process" : holders.get(0);
    }

    /** Releases the lock. */
    @Override
    public void close() throws SQLException {
        if (session != null) {
            var ended = session;
            session = null;
            ended.close();
        }
    }
}
