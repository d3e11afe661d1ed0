package io.londiste.db;

import io.londiste.error.LondisteException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.commons.dbcp2.ConnectionFactory;

/** Connection pools whose sessions have the same settings, whatever those of the server, the database or the user are. */
public final class Pools {
    private static final String SESSION =
            "set DateStyle = 'ISO'; set IntervalStyle = 'postgres'; set TimeZone = 'UTC'; set extra_float_digits = 1; "
                    + "set bytea_output = 'hex'; set lc_monetary = 'C'; set xmloption = 'content'; set array_nulls = on; "
                    + "set quote_all_identifiers = off; set client_min_messages = 'warning'; "
                    + "set standard_conforming_strings = on; set default_transaction_isolation = 'read committed'; "
                    + "set default_transaction_read_only = off; set default_transaction_deferrable = off; "
                    // a copy of the visible part of a table must fail
                    + "set row_security = off; set lock_timeout = 0; "
                    // a position that is lost in a crash of the subscriber cannot be read again from the queue
                    + "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'; "
                    + "select set_config(name, value, false) from pg_catalog.pg_settings join (values "
                    // such limits are meant for users and applications
                    + "('statement_timeout', '0'), ('transaction_timeout', '0'), ('idle_session_timeout', '0'), "
                    + "('idle_in_transaction_session_timeout', '0'), "
                    // the server ends sessions, and so releases their locks, when our host is gone
                    + "('tcp_keepalives_idle', '%d'), ('tcp_keepalives_interval', '%d'), ('tcp_keepalives_count', '%d'), "
                            .formatted(
                                    Timeouts.KEEPALIVE_IDLE.toSeconds(),
                                    Timeouts.KEEPALIVE_INTERVAL.toSeconds(),
                                    Timeouts.KEEPALIVE_COUNT)
                    + "('tcp_user_timeout', '%d'), ('client_connection_check_interval', '%d')) ours (name, value) using (name)"
                            .formatted(Timeouts.GONE.toMillis(), Timeouts.GONE.toMillis())
                    // old servers do not have all of these settings, and only some systems allow the last one
                    + " where name <> 'client_connection_check_interval' or version() ~ 'linux'";

    private static final String REPLAY_SESSION = SESSION + "; set londiste.replay = 'on'";

    /** Statements that undo what others have set in a session of {@link #openReplay}. They may be run in a transaction. */
    public static final String RESTORE_REPLAY =
            "reset session authorization; reset role; reset all; discard temp; " + REPLAY_SESSION;

    private Pools() {}

    /** Opens a session outside of a pool, with the settings of pooled ones. */
    public static Connection session(Dsn dsn, DataSource source) throws SQLException {
        var session = PoolerCheck.connect(dsn, source);
        try {
            Jdbc.execute(session, SESSION);
            return session;
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Opens a pool in the same way as {@link #open}, whose sessions may write to tables that are guarded against others. */
    public static BasicDataSource openReplay(Dsn dsn, String applicationName, Duration lifetime) {
        BasicDataSource pool = open(dsn, applicationName, lifetime);
        pool.setConnectionInitSqls(List.of(REPLAY_SESSION));
        return pool;
    }

    /**
     * Opens a pool, which connects on demand. For its timeouts see {@link Timeouts}. It refuses connection poolers that do not
     * keep sessions.
     *
     * @param lifetime how long a connection is used before it is replaced
     */
    public static BasicDataSource open(Dsn dsn, String applicationName, Duration lifetime) {
        var pool = new BasicDataSource() {
            @Override
            protected ConnectionFactory createConnectionFactory() {
                var source = dsn.dataSource(applicationName);
                return () -> RecentlyValidated.in(PoolerCheck.connect(dsn, source));
            }
        };
        pool.setMaxConn(lifetime);
        pool.setLogExpiredConnections(false);
        pool.setConnectionInitSqls(List.of(SESSION));
        pool.setFastFailValidation(true);
        pool.setTestOnBorrow(true);
        pool.setValidationQueryTimeout(Timeouts.PING);
        return pool;
    }

    /**
     * Closes pools and their idle connections.
     *
     * @throws LondisteException if one cannot be closed; the others are closed nevertheless
     */
    public static void close(BasicDataSource... pools) {
        LondisteException failure = null;
        for (BasicDataSource pool : pools) {
            try {
                pool.close();
            } catch (SQLException e) {
                failure = new LondisteException("cannot close connections: " + e.getMessage(), e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
