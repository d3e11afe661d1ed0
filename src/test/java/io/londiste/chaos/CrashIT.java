package io.londiste.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.demo.PgCluster;
import io.londiste.demo.PgCluster.Stop;
import io.londiste.test.Ledger;
import io.londiste.test.ReplicationFixture;
import io.londiste.test.SteadyWriter;
import io.londiste.test.TcpProxy;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers crash at the moments that matter, while clients write: no change is lost or applied twice. */
class CrashIT extends ReplicationFixture {
    private static final String WAL_WRITER = "select pid from pg_stat_activity where backend_type = 'walwriter'";

    private Ledger ledger;
    private TcpProxy toProvider;
    private TcpProxy toSubscriber;

    @BeforeEach
    void replicate() {
        ledger = new Ledger(provider, subscriber);
        toProvider = provider.proxy();
        toSubscriber = subscriber.proxy();
        job.with("provider_db", provider.libpq(toProvider)).with("subscriber_db", subscriber.libpq(toSubscriber));
        job.add(Ledger.TABLES).start().awaitOk();
        ledger.watch();
    }

    private void assertNothingIsLostAndNothingAppliedTwice() {
        job.awaitReplay();
        ledger.assertNothingIsLostAndNothingAppliedTwice();
        ledger.assertRowsAreThoseOfThePosition();
        assertThat(job.running().status().total().unexpected()).isZero();
        assertThat(job.states()).containsOnly("ok");
    }

    /** What is committed asynchronously is in memory only while the WAL writer is stopped, and nothing commits otherwise. */
    @Test
    void aProviderThatForgetsInACrashWhatWasFinishedIsCorrectedByThePosition() throws Exception {
        PgCluster cluster = provider.control();
        int forgotten = 0;
        try (var writer = new SteadyWriter(provider, 2, Ledger.WRITE_ASYNCHRONOUSLY)) {
            for (int crash = 0; crash < 3; crash++) {
                writer.await(50);
                long walWriter = provider.number(WAL_WRITER);
                long finished;
                try (Connection holder = provider.connect();
                        Statement ticks = holder.createStatement()) {
                    suspend(walWriter);
                    holder.setAutoCommit(false);
                    ticks.execute("lock table pgq.tick in share row exclusive mode"); // each tick is written to disk
                    Awaitility.await("the last tick is finished")
                            .until(() -> provider.sql("select sub_batch is null and sub_last_tick ="
                                            + " (select max(tick_id) from pgq.tick) from pgq.subscription")
                                    .equals("t"));
                    toProvider.down();
                    finished = ledger.finished();
                    cluster.kill(walWriter);
                    awaitRecovery(walWriter);
                }
                forgotten += ledger.finished() < finished ? 1 : 0;
                assertThat(ledger.position())
                        .as("the subscriber forgets nothing")
                        .isEqualTo(finished);
                ledger.assertRowsAreThoseOfThePosition();
                toProvider.up();
            }
            writer.await(50);
        }

        assertThat(forgotten).as("crashes in which the provider forgot").isPositive();
        assertNothingIsLostAndNothingAppliedTwice();
    }

    private static void suspend(long process) throws Exception {
        var kill = new ProcessBuilder("kill", "-STOP", String.valueOf(process)).start();
        assertThat(kill.waitFor()).isZero();
    }

    private void awaitRecovery(long oldWalWriter) {
        Awaitility.await("the provider is back")
                .ignoreExceptions()
                .until(() -> provider.number(WAL_WRITER) != oldWalWriter);
    }

    @Test
    void aSubscriberThatCrashesHasAllOfABatchOrNothing() throws Exception {
        PgCluster cluster = subscriber.control();
        try (var writer = new SteadyWriter(provider, 2, Ledger.WRITE)) {
            for (String table : List.of("entry", "counter", "neither", "entry", "counter", "neither")) {
                writer.await(50);
                try (Connection holder = subscriber.connect();
                        Statement locking = holder.createStatement()) {
                    holder.setAutoCommit(false);
                    if (!table.equals("neither")) {
                        locking.execute("lock table " + table + " in share mode");
                        Awaitility.await("a batch that is being applied")
                                .until(() -> subscriber.number("select count(*) from pg_stat_activity"
                                                + " where wait_event_type = 'Lock' and datname = current_database()")
                                        == 1);
                    }
                    cluster.stop(Stop.IMMEDIATE);
                }
                toSubscriber.down();
                cluster.start();

                ledger.assertRowsAreThoseOfThePosition();
                toSubscriber.up();
            }
            writer.await(50);
        }

        assertNothingIsLostAndNothingAppliedTwice();
    }

    /** Each batch is one tick, as each tick counts as so many events, except the first after the position. */
    @Test
    void whatAReaderIsAheadOfTheProviderIsOnlyFinished() {
        // only forced ticks, 60,000 numbers apart: two of them lie in different batches, and a near one after them does
        // not
        provider.sql("select pgq.set_queue_config('queue', 'ticker_max_count', '60000'),"
                + " pgq.set_queue_config('queue', 'ticker_max_lag', '1 hour')");
        long early = ledger.finished();
        for (int batch = 0; batch < 4; batch++) {
            provider.sql(Ledger.WRITE);
            job.awaitReplay();
        }
        job.stop();
        long ahead = ledger.position();
        provider.sql("update pgq.subscription set sub_last_tick = ?, sub_batch = null, sub_next_tick = null", early);
        provider.sql("""
                create table moved (nr serial, last_tick bigint, batch_end bigint);
                create function log_move() returns trigger language plpgsql as $$
                  begin insert into public.moved (last_tick, batch_end) values (new.sub_last_tick, new.sub_next_tick); return null; end $$;
                create trigger log after update on pgq.subscription for each row execute function log_move();
                select pgq.set_queue_config('queue', 'ticker_max_lag', '0')
                """);
        provider.sql(Ledger.WRITE);
        provider.sql("select pgq.ticker()");

        job.start();

        // no tick is made meanwhile: only the newest one is reached by a batch from the tick before the position
        Awaitility.await().until(() -> ledger.finished() > ahead);
        assertNothingIsLostAndNothingAppliedTwice();
        assertThat(provider.number(
                        "select count(distinct last_tick) from moved where last_tick > ? and last_tick <= ?",
                        early,
                        ahead))
                .as("batches before the position")
                .isGreaterThan(1);
        assertThat(provider.rows(
                        "select distinct last_tick from moved where batch_end is null and last_tick = ?", ahead))
                .as("a batch that ends at the position")
                .hasSize(1);
        assertThat(provider.number(
                        "select count(*) from moved m where last_tick < ? and batch_end > ? and not exists"
                                + " (select from moved n where n.nr = m.nr + 1 and n.last_tick = m.last_tick and n.batch_end is null)",
                        ahead,
                        ahead))
                .as("batches across the position that were not closed")
                .isZero();
        assertThat(provider.number("select count(*) from moved where last_tick < ? and batch_end > ?", ahead, ahead))
                .as(
                        "batches across position %s: %s, of ticks %s",
                        ahead,
                        provider.rows("select last_tick, batch_end from moved order by nr"),
                        provider.rows("select tick_id, tick_event_seq from pgq.tick order by tick_id"))
                .isPositive();
    }
}
