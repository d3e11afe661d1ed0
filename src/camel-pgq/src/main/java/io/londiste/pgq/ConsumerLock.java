package io.londiste.pgq;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one reader at a time be a consumer of a queue, on whatever machines they run: an advisory lock in the queue's
 * database, which the original PgQ has as well. It belongs to a session, and ends with it, however the process ends. Not
 * safe for use by several threads at once.
 */
final class ConsumerLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerLock.class);

    private static final String KEY = "hashtextextended(format('pgq consumer %I of queue %I', ?::text, ?::text), 0)";
    private static final String TAKE = "select pg_try_advisory_lock(" + KEY + ")";

    /** As far as the role may see it; a 64-bit key is two numbers there. */
    private static final String HOLDER = """
            select coalesce(nullif(application_name, ''), 'a session') || coalesce(' on ' || host(client_addr), '')
              || ', backend ' || l.pid
            from pg_locks l left join pg_stat_activity a on a.pid = l.pid
            where l.locktype = 'advisory' and l.granted and l.objsubid = 1
              and l.database = (select oid from pg_database where datname = current_database())
              and (l.classid::bigint << 32) | l.objid::bigint = %s
            """.formatted(KEY);

    /** The server notices within half a minute that this machine is gone, and releases the lock. */
    private static final String KEEPALIVE =
            "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3";

    /** How long the session is trusted without asking the server. */
    private static final Duration PING_INTERVAL = Duration.ofSeconds(8);

    private static final int PING_SECONDS = 5;

    private final DataSource source;
    private final String queue;
    private final String consumer;
    private Connection session;
    private long heard;
    private boolean taken;

    /** @param source one of its connections is held while the lock is */
    ConsumerLock(DataSource source, String queue, String consumer) {
        this.source = source;
        this.queue = queue;
        this.consumer = consumer;
    }

    /** Whether the last call of {@link #isOurs} has taken the lock. */
    boolean isNew() {
        return taken;
    }

    /** Returns whether this reader has the lock; takes it if it is free. */
    boolean isOurs() throws SQLException {
        taken = false;
        if (session != null) {
            if (System.nanoTime() - heard < PING_INTERVAL.toNanos()) {
                return true;
            }
            if (session.isValid(PING_SECONDS)) {
                heard = System.nanoTime();
                return true;
            }
            close();
        }
        Connection connection = source.getConnection();
        try {
            connection.setAutoCommit(true);
            if (Sql.first(connection, TAKE, row -> row.getBoolean(1), consumer, queue)
                    .orElseThrow()) {
                session = connection;
                taken = true;
                heard = System.nanoTime();
                Sql.execute(session, KEEPALIVE);
            }
            return session != null;
        } finally {
            if (session == null) {
                connection.close();
            }
        }
    }

    /** The session that has the lock, for messages. */
    String holder() throws SQLException {
        try (Connection connection = source.getConnection()) {
            return Sql.first(connection, HOLDER, row -> row.getString(1), consumer, queue)
                    .orElse("another session");
        }
    }

    /** Releases the lock, by ending its session: a pool would keep that, with the lock and our settings. */
    @Override
    public void close() {
        if (session != null) {
            try (Connection ending = session) {
                session = null;
                ending.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("ending the session that held the lock of consumer {} of queue {}", consumer, queue, e);
            }
        }
    }
}
