package io.londiste.config;

import java.time.Duration;
import java.util.List;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.commons.dbcp2.ConnectionFactory;
import org.apache.commons.dbcp2.DataSourceConnectionFactory;

/** Connection pools whose sessions read and write values alike, whatever the server's, database's or user's settings. */
public final class Pools {
    private static final List<String> SESSION = List.of(
            "set DateStyle = 'ISO'; set IntervalStyle = 'postgres'; set TimeZone = 'UTC'; set extra_float_digits = 1; "
                    + "set bytea_output = 'hex'; set lc_monetary = 'C'; set xmloption = 'content'; set array_nulls = on; "
                    + "set quote_all_identifiers = off; set client_min_messages = 'warning'");

    private Pools() {}

    /**
     * A pool that is filled as it is used.
     *
     * @param lifetime how long a connection is used before it is replaced
     */
    public static BasicDataSource open(Dsn dsn, String applicationName, Duration lifetime) {
        var pool = new BasicDataSource() {
            @Override
            protected ConnectionFactory createConnectionFactory() {
                return new DataSourceConnectionFactory(dsn.dataSource(applicationName));
            }
        };
        pool.setMaxConn(lifetime);
        pool.setLogExpiredConnections(false);
        pool.setConnectionInitSqls(SESSION);
        pool.setFastFailValidation(true);
        pool.setTestOnBorrow(true);
        return pool;
    }
}
