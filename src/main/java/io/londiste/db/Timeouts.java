package io.londiste.db;

import java.time.Duration;

/**
 * How long the program waits for databases. All limits that concern connections and sessions in general are here.
 *
 * <ul>
 *   <li><b>Connect</b>: {@link #CONNECT} for each host, unless the connection string has {@code connect_timeout}.
 *   <li><b>Socket</b>: reads have no limit, because a copy or a digest may run for hours without a byte. A server that is
 *       gone is noticed by TCP keepalive, within {@link #GONE}, or, while data is sent or awaited, by asking it in another
 *       connection, within {@link #SILENCE} and a few seconds. The connection string can set other limits with
 *       {@code keepalives_idle}, {@code keepalives_interval}, {@code keepalives_count} and {@code tcp_user_timeout}, and switch
 *       all of this off with {@code keepalives=0}. The server does the same for our sessions, within {@link #GONE}.
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

    /** How long a connection is without traffic until the operating systems of both sides begin to send keepalive probes. */
    static final Duration KEEPALIVE_IDLE = Duration.ofSeconds(8);

    /** The time between two keepalive probes. */
    static final Duration KEEPALIVE_INTERVAL = Duration.ofSeconds(4);

    /** The number of unanswered keepalive probes that end a connection. */
    static final int KEEPALIVE_COUNT = 3;

    /**
     * Until a side is taken for dead that does not react; a standby takes over a job somewhat later. Interruptions of the
     * network that are shorter do no harm.
     */
    static final Duration GONE = KEEPALIVE_IDLE.plus(KEEPALIVE_INTERVAL.multipliedBy(KEEPALIVE_COUNT));

    /** Until a connection is given up whose server cannot be reached while its answer is awaited; see {@link PeerWatch}. */
    static final Duration SILENCE = Duration.ofSeconds(30);

    /** Until a server has replied to the check of an open connection. */
    public static final Duration PING = Duration.ofSeconds(5);

    /**
     * Until a statement of a batch, or one for which the replay waits, has a lock on the subscriber's rows or tables; all tables wait meanwhile. Longer than the
     * server's deadlock_timeout of 1 s by default, after which autovacuum gives way.
     */
    public static final Duration BATCH_LOCK = Duration.ofSeconds(2);

    /** For how long a successful check of a pooled connection counts. */
    static final Duration PING_INTERVAL = Duration.ofSeconds(1);

    /**
     * A query that begins a transaction which streams rows to us. If we read no further for a time, because the other server
     * keeps us waiting, the kernel of this server would take us for dead after its tcp_user_timeout, although we reply.
     */
    public static final String STREAMING =
            "select set_config(name, '0', true) from pg_catalog.pg_settings where name = 'tcp_user_timeout'";

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
