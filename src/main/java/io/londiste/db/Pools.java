package io.londiste.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.commons.dbcp2.ConnectionFactory;

/** Connection pools whose sessions read and write values alike, whatever the server's, database's or user's settings. */
public final class Pools {
    private static final String SESSION =
            "set DateStyle = 'ISO'; set IntervalStyle = 'postgres'; set TimeZone = 'UTC'; set extra_float_digits = 1; "
                    + "set bytea_output = 'hex'; set lc_monetary = 'C'; set xmloption = 'content'; set array_nulls = on; "
                    + "set quote_all_identifiers = off; set client_min_messages = 'warning'; "
                    + "set standard_conforming_strings = on; set default_transaction_isolation = 'read committed'; "
                    + "set default_transaction_read_only = off; set default_transaction_deferrable = off; "
                    // of a part of the rows only nobody is to make a copy
                    + "set row_security = off; set lock_timeout = 0; "
                    // whoever limits sessions means people and applications; some servers do not know all of these
                    + "select set_config(name, '0', false) from pg_catalog.pg_settings where name in ('statement_timeout',"
                    + " 'transaction_timeout', 'idle_session_timeout', 'idle_in_transaction_session_timeout')";

    private Pools() {}

    /** Gives a session that is not a pool's the settings of those that are. */
    public static void prepare(Connection session) throws SQLException {
        try (var statement = session.createStatement()) {
            statement.execute(SESSION);
        }
    }

    /** As {@link #open}, for those who may write to replicated tables that are guarded against everybody else. */
    public static BasicDataSource openReplay(Dsn dsn, String applicationName, Duration lifetime) {
        BasicDataSource pool = open(dsn, applicationName, lifetime);
        pool.setConnectionInitSqls(List.of(SESSION + "; set londiste.replay = 'on'"));
        return pool;
    }

    /**
     * A pool that is filled as it is used.
     *
     * @param lifetime how long a connection is used before it is replaced
     */
    public static BasicDataSource open(Dsn dsn, String applicationName, Duration lifetime) {
        var pool = new BasicDataSource() {
            @Override
            protected ConnectionFactory createConnectionFactory() {
                var source = dsn.dataSource(applicationName);
                return () -> RecentlyValidated.in(source.getConnection());
            }
        };
        pool.setMaxConn(lifetime);
        pool.setLogExpiredConnections(false);
        pool.setConnectionInitSqls(List.of(SESSION));
        pool.setFastFailValidation(true);
        pool.setTestOnBorrow(true);
        return pool;
    }
}
