package io.londiste.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.demo.PgCluster.Stop;
import io.londiste.test.Db;
import io.londiste.test.OperatorLog;
import io.londiste.test.ReplicationFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** States that a killed process leaves behind, and other rare states, each made by hand. */
class RecoveryIT extends ReplicationFixture {
    private static final String TABLES = """
            create table pair (id int primary key, v text);
            create table parent (id int primary key);
            create table child (id int primary key, parent int references parent);
            """;

    @BeforeEach
    void replicate() {
        onBoth(TABLES);
        provider.sql(
                "insert into pair values (1, 'a'); insert into parent values (1); insert into child values (1, 1)");
        job.with("parallel_copies", "1").add("pair", "parent", "child").start().awaitOk();
        awaitForeignKeys(1);
    }

    private void awaitForeignKeys(int count) {
        Awaitility.await("foreign keys")
                .until(() -> subscriber.number("select count(*) from pg_constraint where contype = 'f'") == count);
    }

    private void awaitRow(String table, int id) {
        Awaitility.await(table + " " + id)
                .until(() -> subscriber.number("select count(*) from " + table + " where id = " + id) == 1);
    }

    private void assertEqual() {
        assertEqual("pair", "parent", "child");
    }

    @Test
    void aBatchOfACatchUpThatWasAppliedButNotFinishedIsOnlyFinished() {
        job.stop();
        long tick = subscriber.number("select last_tick_id from londiste.completed where consumer_id = 'job'");
        provider.sql("select pgq.register_consumer_at('queue', 'job_copy_public.pair', ?)", tick);
        provider.sql("select pgq.force_tick('queue')");
        provider.sql("select pgq.ticker()");
        long applied = provider.number("select cur_tick_id from pgq.next_batch_info('queue', 'job_copy_public.pair')");
        subscriber.sql("insert into londiste.completed values ('job_copy_public.pair', " + applied + ");"
                + "update londiste.subscriber_table set merge_state = 'catching-up' where table_name = 'public.pair'");

        job.start();
        provider.sql("insert into pair values (2, 'b')");

        job.awaitOk().awaitReplay();
        assertEqual();
    }

    /** The provider commits asynchronously that a batch is finished. */
    @Test
    void whatTheProviderForgetsInACrashIsNotAppliedTwice() {
        long early = provider.number("select sub_last_tick from pgq.subscription");
        for (int id = 2; id <= 4; id++) {
            provider.sql("insert into pair values (?, 'b')", id);
            job.awaitReplay();
        }
        job.stop();
        subscriber.sql("delete from pair where id = 3"); // an insert that is applied again would bring it back
        provider.sql("update pgq.subscription set sub_last_tick = ?, sub_batch = null, sub_next_tick = null", early);
        provider.sql("insert into pair values (5, 'c')");

        job.start().awaitReplay();

        assertThat(subscriber.rows("select id from pair order by id")).containsExactly("1", "2", "4", "5");
        assertThat(subscriber.sql("select error from londiste.completed where consumer_id = 'job'"))
                .isEqualTo("null");
    }

    @Test
    void aReplayThatRepeatsAnEarlierTickDoesNotUpsetATableOnItsLastBatch() throws Exception {
        job.stop();
        long here = subscriber.number("select last_tick_id from londiste.completed where consumer_id = 'job'");
        provider.sql("select pgq.register_consumer_at('queue', 'job_copy_public.pair', ?)", here);
        provider.sql("insert into pair values (2, 'b'); insert into parent values (2); select pgq.force_tick('queue')");
        provider.sql("select pgq.ticker()");
        long there = provider.number("select max(tick_id) from pgq.tick");
        subscriber.sql("insert into londiste.completed values ('job_copy_public.pair', " + here + ");"
                + "update londiste.subscriber_table set merge_state = 'do-sync:" + there
                + "' where table_name = 'public.pair'");

        try (Connection catchUp = holdConsumer("job_copy_public.pair");
                Connection replay = holdConsumer("job");
                Connection reader = subscriber.connect();
                Statement locking = reader.createStatement()) {
            reader.setAutoCommit(false);
            locking.execute("lock table parent");
            job.start();
            awaitWaiting(provider, "%next_batch%", 2);
            replay.rollback();
            awaitWaiting(subscriber, "%parent%", 1);
            assertThat(job.states()).contains("wanna-sync:" + there);
            catchUp.rollback();
            Awaitility.await("the last batch is applied")
                    .until(() -> subscriber.number("select coalesce(max(last_tick_id), 0) from londiste.completed"
                                    + " where consumer_id = 'job_copy_public.pair'")
                            == there);
            reader.rollback();
        }

        job.awaitOk().awaitReplay();
        assertEqual();
    }

    @Test
    void aTableIsNotHandedOverBeforeABatchAppliedWithoutItIsDeliveredAgain() {
        job.stop();
        long here = provider.number("select max(tick_id) from pgq.tick");
        provider.sql("select pgq.register_consumer_at('queue', 'job', ?)", here);
        provider.sql("select pgq.register_consumer_at('queue', 'job_copy_public.pair', ?)", here);
        provider.sql("insert into pair values (2, 'b'); insert into parent values (2); select pgq.force_tick('queue')");
        provider.sql("select pgq.ticker()");
        long there = provider.number("select cur_tick_id from pgq.next_batch_info('queue', 'job')");
        subscriber.sql("insert into parent values (2);"
                + "update londiste.completed set last_tick_id = " + there + ";"
                + "insert into londiste.completed values ('job_copy_public.pair', " + here + ");"
                + "update londiste.subscriber_table set merge_state = 'wanna-sync:" + here
                + "' where table_name = 'public.pair'");

        job.start();

        job.awaitOk().awaitReplay();
        assertEqual();
    }

    private static void awaitWaiting(Db db, String query, int sessions) {
        Awaitility.await(query + " wait for locks")
                .until(() -> db.number(
                                "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                        + " and datname = current_database() and query like ?",
                                query)
                        == sessions);
    }

    /** Keeps a consumer from getting a batch until the connection's transaction ends. */
    private Connection holdConsumer(String name) throws SQLException {
        Connection connection = provider.connect();
        connection.setAutoCommit(false);
        try (Statement locking = connection.createStatement()) {
            locking.execute("select from pgq.subscription join pgq.consumer on co_id = sub_consumer where co_name = '"
                    + name + "' for update of subscription");
        }
        return connection;
    }

    @Test
    void whatAKilledProcessLeftIsRemoved() {
        job.stop();
        provider.sql("select pgq.register_consumer('queue', 'job_copy_public.pair')");
        subscriber.sql("insert into londiste.completed values ('job_copy_public.gone', 1);"
                + "insert into londiste.copy_consumer values ('job_copy_public.pair', 'job', 'queue', 'public.pair'),"
                + " ('job_copy_public.gone', 'job', 'queue', 'public.gone');"
                + "select londiste.subscriber_drop_all_fkeys('public.child')");

        job.start();

        awaitForeignKeys(1);
        Awaitility.await()
                .until(() -> provider.sql("select co_name from pgq.consumer").equals("job"));
        assertThat(subscriber.sql("select consumer_id from londiste.completed")).isEqualTo("job");
    }

    @Test
    void aForeignKeyDoesNotBindToATableThatWaitsForItsCopy() throws Exception {
        job.stop();
        subscriber.sql("update londiste.subscriber_table set merge_state = null where table_name <> 'public.child'");
        try (Connection connection = provider.connect();
                Statement locking = connection.createStatement()) {
            connection.setAutoCommit(false);
            locking.execute("lock table pair in access exclusive mode"); // its copy waits, and parent's behind it
            provider.sql("insert into parent values (7); insert into child values (7, 7)");
            job.start();

            awaitRow("child", 7);
            assertThat(job.states()).contains("NEW");
            connection.rollback();
        }
        job.awaitOk().awaitReplay();
        assertEqual();
        awaitForeignKeys(1);
    }

    @Test
    void aTableRemovedAndAddedAgainBeforeTheReplayNoticesStays() {
        job.stop();
        provider.sql("select londiste.provider_remove_table('queue', 'public.pair')");
        subscriber.sql("select londiste.subscriber_remove_table('queue', 'public.pair')");
        provider.sql("insert into pair values (3, 'not captured')");
        job.add("pair").start().awaitOk();
        provider.sql("insert into pair values (4, 'captured')");

        job.awaitReplay();
        assertThat(job.states()).hasSize(3);
        assertEqual();
    }

    @Test
    void aTableWhoseTruncateFailsStopsAlone() {
        subscriber.sql("""
                create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not this one'; end $$;
                create trigger refuse before truncate on pair execute function refuse()
                """);
        provider.sql(
                "truncate pair; insert into pair values (5, 'after'), (6, 'after'); insert into parent values (5)");

        awaitRow("parent", 5);
        assertThat(subscriber.sql("select merge_state, reason from londiste.subscriber_table where reason is not null"))
                .startsWith("catching-up|")
                .contains("not this one");
        subscriber.sql("drop trigger refuse on pair");
        job.awaitOk().awaitReplay();
        assertEqual();
    }

    @Test
    void thePositionSurvivesACrashOfASubscriberThatCommitsAsynchronously() throws Exception {
        var cluster = subscriber.control();
        job.stop();
        subscriber.sql("alter database " + subscriber.name() + " set synchronous_commit = off");
        subscriber.sql("alter system set wal_writer_delay = '10s'");
        subscriber.sql("select pg_reload_conf()");
        try {
            job.start();
            provider.sql("insert into pair values (2, 'b')");
            job.awaitReplay();

            cluster.restart(Stop.IMMEDIATE);
        } finally {
            subscriber.sql("alter system reset wal_writer_delay");
            subscriber.sql("select pg_reload_conf()");
        }

        provider.sql("insert into pair values (3, 'c')");
        job.awaitReplay();
        assertEqual();
    }

    @Test
    void aClockOfTheProviderThatIsSetForwardIsLoggedOnce() {
        provider.sql("select pgq.set_queue_config('queue', 'ticker_paused', '1')");
        try (var log = new OperatorLog()) {
            for (int id = 2; id < 5; id++) {
                provider.sql("insert into pair values (?, 'b')", id);
                provider.sql("select pgq._lock_ticks(queue_id) from pgq.queue;"
                        + "select pgq._insert_tick(queue_id, queue_name, nextval(queue_tick_seq::regclass), now() + interval '1 hour',"
                        + " pg_sequence_last_value(queue_event_seq::regclass)) from pgq.queue");
                awaitRow("pair", id);
            }

            assertThat(log.warnings())
                    .filteredOn(line -> line.contains("clock of the server with queue queue is at least 3"))
                    .hasSize(1);
        }
        assertEqual();
    }

    @Test
    void aClockOfTheProviderThatIsSetBackIsLoggedAndDelaysNothing() {
        job.stop();
        provider.sql("insert into pair values (2, 'b'); select pgq.force_tick('queue')");
        provider.sql("select pgq.ticker('queue')");
        provider.sql("update pgq.tick set tick_time = tick_time + interval '1 hour'"
                + " where tick_id = (select max(tick_id) from pgq.tick)");
        provider.sql("insert into pair values (3, 'c')");
        try (var log = new OperatorLog()) {
            job.start().awaitReplay();

            assertThat(log.warnings()).anyMatch(line -> line.matches("The clock .* queue queue .* set back .*"));
        }
        assertThat(job.running().status().lag()).isBetween(Duration.ZERO, Duration.ofMinutes(30));
        assertEqual();
    }
}
