package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Job;
import io.londiste.test.PgBouncer;
import io.londiste.test.TcpProxy;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Twelve troubles of a job that was well before, each of which {@code status} and {@code check} tell by its name. */
class ToldTroublesIT extends JobFixture {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private TcpProxy toProvider;
    private TcpProxy toSubscriber;
    private Job job;
    private Connection lock;

    @BeforeEach
    void aJobThatIsWell() throws Exception {
        toProvider = provider.proxy();
        toSubscriber = subscriber.proxy();
        config = terminal.job(provider.libpq(toProvider), subscriber.libpq(toSubscriber));
        install();
        onBoth("create table t (id int primary key, v text)");
        terminal.ok(config, "provider", "add", "t");
        terminal.ok(config, "subscriber", "add", "--expect-sync", "t");
        lock = ComparisonRoutes.lockReplay(subscriber); // as a process does that runs the replay
        job = new Job(provider, subscriber).start();
        provider.sql("insert into t values (1, 'a')");
        job.awaitReplay();
        assertThat(status()).startsWith("job job: all is well\n");
        assertThat(problems()).isEmpty();
    }

    @AfterEach
    void endJob() throws Exception {
        job.close();
        lock.close();
    }

    private String status() {
        return terminal.londiste(config, "status").out();
    }

    /** What check reports as problems. */
    private String problems() {
        var problems = new StringBuilder();
        terminal.londiste(config, "check")
                .out()
                .lines()
                .filter(line -> line.startsWith("problem "))
                .forEach(line -> problems.append(line).append('\n'));
        return problems.toString();
    }

    private void assertTold(String name, String topic) {
        await(name).atMost(PATIENCE).untilAsserted(() -> {
            assertThat(status().lines().filter(line -> line.startsWith("  ! ")))
                    .as("status")
                    .anyMatch(line -> line.contains(name));
            assertThat(problems().lines()).as("check").anyMatch(line -> line.startsWith(topic) && line.contains(name));
        });
    }

    private void write(int id) {
        provider.sql("insert into t values (?, 'a')", id);
    }

    @Test
    void theProviderIsDown() {
        toProvider.down();
        assertTold(
                "provider " + provider.name() + " at 127.0.0.1:" + toProvider.port(),
                "problem  provider   connection: ");
    }

    @Test
    void theSubscriberIsDown() {
        toSubscriber.down();
        assertTold(
                "subscriber " + subscriber.name() + " at 127.0.0.1:" + toSubscriber.port(),
                "problem  subscriber connection: ");
    }

    @Test
    void aPoolerSharesSessions() throws Exception {
        try (var pooler = new PgBouncer(provider, "transaction", directory)) {
            config = terminal.job(pooler.libpq(provider), subscriber.libpq());
            assertTold("set the pooler to session pooling for this database", "problem  provider   connection: ");
        }
    }

    @Test
    void aSchemaIsOlderThanTheProgram() {
        subscriber.sql("delete from londiste.upgrade where nr > 2");
        assertTold("schema londiste is older than this program; run: londiste ", "problem  subscriber schema: ");
    }

    @Test
    void theTickerDoesNotTick() {
        job.stop();
        job = new Job(provider, subscriber).with("embedded_ticker", "0").start();
        write(2);
        assertTold("events of queue queue have been waiting for a tick", "problem  provider   ticker: ");
    }

    @Test
    void theConsumerWasUnregistered() {
        job.stop();
        job = new Job(provider, subscriber);
        provider.sql("select pgq.unregister_consumer('queue', 'job')");
        assertTold("consumer job is not registered on queue queue of ", "problem  subscriber replay: ");
    }

    @Test
    void theDiskOfTheSubscriberIsFull() {
        subscriber.sql("""
                create function full_disk() returns trigger language plpgsql as $$
                  begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
                create trigger full_disk before insert or update of last_tick_id on londiste.completed
                  for each row execute function full_disk()""");
        write(2);
        assertTold("No space left on device", "problem  subscriber replay: ");
    }

    @Test
    void theSubscriberIsFarBehind() {
        terminal.file("conf.ini", job.ini().replace("[londiste]", "[londiste]\nlag_limit = 0.001\nlock_timeout = 1"));
        job.stop();
        job = new Job(provider, subscriber);
        write(2);
        provider.sql("select pgq.force_tick('queue'); select pgq.ticker()");
        assertTold(" s behind, more than lag_limit, 0 s", "problem  subscriber replay: ");
    }

    @Test
    void aRowDoesNotFit() {
        subscriber.sql("alter table t add constraint short check (length(v) < 6)");
        provider.sql("insert into t values (2, 'too long')");
        assertTold("violates check constraint", "problem  subscriber tables: public.t: stopped: ");
    }

    @Test
    void aTableIsLocked() throws Exception {
        try (Connection holder = subscriber.connect();
                var statement = holder.createStatement()) {
            statement.execute("begin; lock table t in share mode");
            write(2);
            assertTold("no lock within 2 s, held by pid ", "problem  subscriber tables: public.t: stopped: ");
        }
    }

    @Test
    void changesWereNotCaptured() {
        provider.sql(
                "alter table t disable trigger all; insert into t values (2, 'a'); select londiste.maint_capture()");
        assertTold(
                "changes on the provider may not have been captured: ",
                "problem  subscriber tables: public.t: stopped: ");
    }

    @Test
    void rowsDiffer() {
        subscriber.sql("delete from t");
        assertThat(terminal.londiste(config, "compare").code()).isEqualTo(1);
        assertTold(
                "differs from the provider's, rows missing: 1, extra: 0, different: 0",
                "problem  subscriber tables: public.t: ");
    }
}
