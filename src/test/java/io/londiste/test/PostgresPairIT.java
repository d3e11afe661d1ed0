package io.londiste.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.demo.PgCluster.Stop;
import io.londiste.test.PostgresPair.Major;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresPair.class)
class PostgresPairIT {
    @RepeatedTest(2)
    void everyTestHasDatabasesOfItsOwn(@Provider Db provider, @Subscriber Db subscriber) {
        provider.sql("create table t (i int); insert into t values (1), (null)");
        subscriber.sql("create table t (i int)");

        assertThat(provider.rows("select i, 'x' from t order by i")).containsExactly("1|x", "null|x");
        assertThat(subscriber.number("select count(*) from t where i > ?", 0)).isZero();
        assertThat(subscriber.sql("insert into t values (1)")).isEmpty();
    }

    @Test
    void otherMajorsCanBeAskedFor(@Provider @Major(13) Db provider, @Subscriber Db subscriber) throws IOException {
        assertThat(provider.major()).isEqualTo(13);
        assertThat(subscriber.major()).isEqualTo(Servers.major("subscriber"));
        try (var third = PostgresPair.database(15)) {
            assertThat(third.major()).isEqualTo(15);
        }
    }

    @Test
    void rolesNeedTheirPassword(@Provider Db db) throws SQLException {
        var reader = db.role("reader", "login password 'right'");

        db.connect(reader, "right").close();

        assertThatThrownBy(() -> db.connect(reader, "wrong")).isInstanceOf(SQLException.class);
    }

    @Test
    void theServerCanCrashAndCome(@Provider Db db) throws Exception {
        db.sql("create table t as select 1 as i");

        db.control().stop(Stop.IMMEDIATE);
        assertThatThrownBy(db::connect).isInstanceOf(SQLException.class);
        db.control().start();
        db.control().kill();
        assertThatThrownBy(db::connect).isInstanceOf(SQLException.class);
        db.control().start();

        assertThat(db.sql("select i from t")).isEqualTo("1");
    }

    @Test
    void aFrozenServerAnswersWhenItIsThawed(@Subscriber Db db) throws Exception {
        db.control().freeze();
        var answer = CompletableFuture.supplyAsync(() -> db.sql("select 1"));
        assertThat(answer).isNotDone();
        db.control().thaw();

        assertThat(answer.join()).isEqualTo("1");
    }

    @Test
    void aProxyCutsConnections(@Provider Db db) throws Exception {
        var proxy = db.proxy();
        try (var connection = db.dataSource(proxy).getConnection()) {
            assertThat(connection.isValid(1)).isTrue();
            assertThat(proxy.connections()).isEqualTo(1);
            proxy.down();
            assertThat(connection.isValid(1)).isFalse();
        }
        assertThatThrownBy(() -> db.dataSource(proxy).getConnection()).isInstanceOf(SQLException.class);
        proxy.up();
        db.dataSource(proxy).getConnection().close();
    }

    @Test
    void aProxyKeepsTheAnswerToACommit(@Provider Db db) throws Exception {
        db.sql("create table t (i int)");
        var proxy = db.proxy();
        try (var connection = db.dataSource(proxy).getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("insert into t values (1)");
            proxy.swallowAnswerTo("COMMIT");
            assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
        }
        assertThat(db.number("select count(*) from t")).isEqualTo(1);
    }

    @Test
    void debiansServerHasTheOriginalPgq() throws IOException {
        try (var db = DebianPostgres.database()) {
            db.sql("create extension pgq");
            assertThat(db.sql("select pgq.version()")).startsWith("3.");
        }
    }
}
