package io.londiste.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.londiste.test.Db;
import io.londiste.test.PgBouncer;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.TimeZone;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

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

    @Test
    void sessionsBeginThroughASlowNetworkWhateverTheServersLimits(@Provider Db db) throws Exception {
        db.sql("alter database " + db.name() + " set idle_in_transaction_session_timeout = 1");
        db.sql("alter database " + db.name() + " set lock_timeout = 1");
        try (var proxy = db.proxy();
                var pool = Pools.open(Dsn.parse(db.libpq(proxy)), "slow", Duration.ofHours(1))) {
            proxy.trickle();
            try (var connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                assertThat(Jdbc.<Integer>only(connection, "select 1", row -> row.getInt(1)))
                        .isEqualTo(1);
                connection.commit();
            }
        }
    }

    @Test
    void aStatementWhoseServerIsGoneFails(@Provider Db db) throws Exception {
        try (var proxy = db.proxy();
                var pool =
                        Pools.open(Dsn.parse(db.libpq(proxy) + " tcp_user_timeout=1500"), "gone", Duration.ofHours(1));
                var connection = pool.getConnection()) {
            int one = Jdbc.only(connection, "select 1 from pg_sleep(4)", row -> row.getInt(1));
            assertThat(one).as("a long statement of a server that is there").isEqualTo(1);

            proxy.hold();

            assertThatThrownBy(() -> Jdbc.execute(connection, "select 1"))
                    .rootCause()
                    .hasMessage("the server has been unreachable for 1 s");
            proxy.up();
        }
    }

    @Test
    void rowsThatAGoneServerDoesNotTakeFail(@Provider Db db) throws Exception {
        try (var proxy = db.proxy();
                var pool =
                        Pools.open(Dsn.parse(db.libpq(proxy) + " tcp_user_timeout=1500"), "gone", Duration.ofHours(1));
                var connection = pool.getConnection()) {
            Jdbc.execute(connection, "create table rows (r text)");
            var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy rows from stdin");
            var row = ("x".repeat(1 << 20) + "\n").getBytes(StandardCharsets.US_ASCII);

            proxy.hold();

            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1000; i++) {
                            copy.writeToCopy(row, 0, row.length);
                        }
                    })
                    .rootCause()
                    .hasMessage("the server has been unreachable for 1 s");
            proxy.up();
        }
    }

    @Test
    void theServerEndsSessionsOfAHostThatIsGone(@Provider Db db) throws Exception {
        try (var pool = Pools.open(Dsn.parse(db.libpq()), "pool", Duration.ofHours(1));
                var replay = Pools.openReplay(Dsn.parse(db.libpq()), "replay", Duration.ofHours(1));
                var pooled = pool.getConnection();
                var replaying = replay.getConnection();
                var session = Pools.session(Dsn.parse(db.libpq()), db.dataSource())) {
            for (var each : List.of(pooled, replaying, session)) {
                assertThat(settings(
                                each,
                                "name in ('tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count')"))
                        .containsExactly("3", "8", "4");
                assertThat(settings(each, "name in ('tcp_user_timeout', 'client_connection_check_interval')"))
                        .isNotEmpty()
                        .containsOnly("20000");
            }
            pooled.setAutoCommit(false);
            Jdbc.execute(pooled, Timeouts.STREAMING);
            assertThat(settings(pooled, "name = 'tcp_user_timeout'"))
                    .as("a reader that is slow is not gone")
                    .containsExactly("0");
        }
    }

    @Test
    void aTimeZoneThatTheServerDoesNotKnowDoesNotMatter(@Provider Db db) throws Exception {
        var before = TimeZone.getDefault();
        var unknown = TimeZone.getTimeZone("Asia/Kathmandu");
        unknown.setID("Foo/Bar");
        TimeZone.setDefault(unknown);
        try (var pool = Pools.open(Dsn.parse(db.libpq()), "pool", Duration.ofHours(1));
                var connection = pool.getConnection()) {
            assertThat(settings(connection, "name = 'TimeZone'")).containsExactly("UTC");
            assertThat(TimeZone.getDefault().getRawOffset()).isEqualTo(unknown.getRawOffset());
        } finally {
            TimeZone.setDefault(before);
        }
    }

    private static List<String> settings(Connection connection, String condition) throws SQLException {
        return Jdbc.list(
                connection,
                "select setting from pg_settings where " + condition + " order by name",
                row -> row.getString(1));
    }

    @ParameterizedTest
    @CsvSource({"off, on", "local, local", "remote_apply, remote_apply"})
    void whatIsCommittedIsOnDisk(String ofTheDatabase, String ofOurSessions, @Provider Db db) throws Exception {
        db.sql("alter database " + db.name() + " set synchronous_commit = " + ofTheDatabase);
        try (var replay = Pools.openReplay(Dsn.parse(db.libpq()), "replay", Duration.ofHours(1));
                var connection = replay.getConnection()) {
            assertThat(settings(connection, "name = 'synchronous_commit'")).containsExactly(ofOurSessions);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "statement"})
    void aPoolerThatDoesNotKeepSessionsIsRefused(String mode, @Provider Db db, @TempDir Path directory)
            throws Exception {
        try (var pooler = new PgBouncer(db, mode, directory);
                var pool = Pools.openReplay(Dsn.parse(pooler.libpq(db)), "pool", Duration.ofHours(1))) {
            assertThatThrownBy(pool::getConnection).hasStackTraceContaining("pool_mode = session");
            assertThat(db.number("select count(*) from pg_stat_activity where application_name = 'pool'"
                            + " and query ~ 'londiste.replay'"))
                    .as("sessions of the pooler with our settings")
                    .isZero();
        }
    }

    @Test
    void aPoolerThatKeepsSessionsIsAccepted(@Provider Db db, @TempDir Path directory) throws Exception {
        try (var pooler = new PgBouncer(db, "session", directory);
                var pool = Pools.openReplay(Dsn.parse(pooler.libpq(db)), "pool", Duration.ofHours(1));
                var connection = pool.getConnection()) {
            String replay = Jdbc.only(connection, "show londiste.replay", row -> row.getString(1));
            assertThat(replay).isEqualTo("on");
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
