package io.londiste.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresPair.class)
class PoolsIT {
    /** Within the driver's own limits for new connections, and much less than a connection without limit would take. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    @Timeout(value = 3, unit = java.util.concurrent.TimeUnit.MINUTES, threadMode = SEPARATE_THREAD)
    void connectionOfASilentServerIsGivenUp(@Provider Db db) throws Exception {
        try (var proxy = db.proxy();
                var pool =
                        Pools.open(Dsn.parse(db.libpq(proxy) + " connect_timeout=1"), "silent", Duration.ofHours(1))) {
            pool.getConnection().close();

            proxy.hold();
            Awaitility.await().atMost(PATIENCE).until(() -> fails(pool));

            proxy.up();
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.isValid(0)).isTrue();
            }
        }
    }

    private static boolean fails(DataSource pool) {
        try {
            pool.getConnection().close();
            return false;
        } catch (SQLException e) {
            return true;
        }
    }
}
