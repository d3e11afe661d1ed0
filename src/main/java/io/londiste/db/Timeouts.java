package io.londiste.db;

import java.time.Duration;

/**
 * How long the program waits for databases. All limits that concern connections and sessions in general are here.
 *
 * <ul>
 *   <li><b>Connect</b>: {@link #CONNECT} for each host, unless the connection string has {@code connect_timeout}.
 *   <li><b>Socket</b>: reads have no limit, because a copy or a digest may run for hours without a byte. TCP keepalive
 *       is on, so that the operating system detects a dead peer; the connection string can switch it off with
 *       {@code keepalives=0}.
 *   <li><b>Ping</b>: a connection is checked with a round trip when a pool lends it, and has {@link #PING} to reply. It
 *       is lent without a check if it was checked less than {@link #PING_INTERVAL} ago.
 *   <li><b>Locks and statements</b>: the sessions of pools wait without limit, whatever the server's settings. Commands
 *       on live tables limit their transactions by {@link #limits}, with the job's {@code lock_timeout}. A batch waits for
 *       {@link #BATCH_LOCK}.
 *   <li><b>Lifetime</b>: a pool replaces a connection after the job's {@code connection_lifetime}.
 * </ul>
 */
public final class Timeouts {
    /** Until a server has accepted a connection and sent its first reply. */
    public static final Duration CONNECT = Duration.ofSeconds(15);

    /** Until a server has replied to the check of an open connection. */
    public static final Duration PING = Duration.ofSeconds(5);

    /**
     * Until a statement of a batch has a lock on the subscriber's rows or tables; all tables wait meanwhile. Longer than the
     * server's deadlock_timeout of 1 s by default, after which autovacuum gives way.
     */
    public static final Duration BATCH_LOCK = Duration.ofSeconds(2);

    /** For how long a successful check of a pooled connection counts. */
    static final Duration PING_INTERVAL = Duration.ofSeconds(1);

    private Timeouts() {}

    /**
     * Statements that limit the rest of a transaction: each statement waits for a lock for at most {@code lockTimeout},
     * and runs for at most twice that time.
     */
    public static String limits(Duration lockTimeout) {
        return "set local lock_timeout = %d; set local statement_timeout = %d"
                .formatted(lockTimeout.toMillis(), 2 * lockTimeout.toMillis());
    }
}
