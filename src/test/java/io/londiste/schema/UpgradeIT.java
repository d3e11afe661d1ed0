package io.londiste.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.error.LondisteException;
import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Job;
import io.londiste.test.Ledger;
import io.londiste.test.PairFixture;
import io.londiste.test.SteadyWriter;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;

/** The schemas of each earlier version, with a job's state in them, are upgraded to the present ones. */
class UpgradeIT extends PairFixture {
    /** Besides the ledger: kinds of tables and values, and a table that is on its way. */
    private static final String TABLES = """
            create table kind (id int primary key, t text, n numeric, b bytea, at timestamptz, a int[], j jsonb);
            create table part (id int primary key, v text) partition by range (id);
            create table part_1 partition of part for values from (0) to (1000);
            create table part_2 partition of part default;
            create table held (id int primary key, v text);
            create table fresh (id int primary key, v text)
            """;

    private static final String[] REPLICATED = {"entry", "counter", "kind", "part", "held"};

    private static final String CHANGES = """
            insert into kind values (1, E'a\\\\b''c', 1e-20, '\\x0001ff', '2020-02-02 02:02:02.000002+02', '{1,null,3}', '{"a": [1]}'),
              (2, '', 'NaN', '', 'infinity', '{}', 'null'), (3, null, null, null, null, null, null);
            update kind set id = 4, t = 'moved' where id = 3;
            delete from kind where id = 2;
            insert into part select i, 'v' || i from generate_series(990, 1010) i;
            update part set v = 'new' where id in (999, 1001);
            delete from part where id = 1000;
            insert into held values (1, 'of the old program')
            """;

    static List<Release> releases() {
        return Release.all();
    }

    @Test
    void eachEarlierVersionIsThere() {
        assertThat(releases())
                .extracting(Release::version)
                .as("see pack.sh; versions 1 and 2 came together")
                .containsAll(IntStream.range(0, Installed.SCHEMA_VERSION)
                        .filter(version -> version != 1)
                        .boxed()
                        .toList());
    }

    /** As an upgrade is done: the replay is stopped, clients write on. */
    @ParameterizedTest
    @MethodSource("releases")
    void nothingIsLostUnderLoad(Release old) throws Exception {
        var ledger = replicate(old);
        provider.sql(CHANGES);
        try (var writer = new SteadyWriter(provider, 2, Ledger.WRITE);
                Connection holder = provider.connect();
                Statement held = holder.createStatement()) {
            for (int i = 0; i < 3; i++) {
                writer.await(20);
                provider.sql("select pgq.force_tick('queue')");
                provider.sql("select pgq.ticker()");
            }
            assertThat(provider.sql("select pgq.next_batch('queue', 'job')"))
                    .as("a batch that the old replay did not finish")
                    .isNotEqualTo("null");
            new Installer(provider.dataSource()).installPgq();
            held.execute("begin; insert into held values (2, 'before the upgrade')");
            new Installer(provider.dataSource()).installLondisteProvider();
            held.execute("insert into held values (3, 'after the upgrade'); commit");
            writer.await(20);
            new Installer(subscriber.dataSource()).installLondisteSubscriber();
            ledger.watch();
            provider.sql("insert into held values (4, 'of the new program')");

            try (var job = new Job(provider, subscriber)) {
                job.add("fresh").start();
                writer.await(50);
                provider.sql("truncate part_2; insert into part values (2000, 'later')");
                job.awaitOk();
                writer.stop();
                job.awaitReplay();

                ledger.assertNothingIsLostAndNothingAppliedTwice();
                assertEqual(REPLICATED);
                assertThat(provider.rows("select id from held order by id")).hasSize(4);
                assertThat(
                                provider.rows(
                                        "select distinct ev_data from pgq.event_template where ev_type = 'londiste.missed-changes'"))
                        .as("an upgrade is no gap")
                        .isEmpty();
                assertThat(subscriber.rows(
                                "select table_name, reason from londiste.subscriber_table where reason is not null"))
                        .isEmpty();
            }
        }
        assertThat(provider.number("select londiste.version()")).isEqualTo(Installed.SCHEMA_VERSION);
        assertThat(subscriber.number("select londiste.version()")).isEqualTo(Installed.SCHEMA_VERSION);
    }

    /** Installs a release on both sides, with tables in sync and a registered consumer. */
    private Ledger replicate(Release old) {
        old.install(provider, "pgq");
        old.install(provider, "londiste");
        old.install(subscriber, "londiste");
        var ledger = new Ledger(provider, subscriber);
        provider.sql("truncate entry; update counter set n = 0");
        subscriber.sql("insert into counter select i, 0 from generate_series(1, 5) i");
        onBoth(TABLES);
        provider.sql("select pgq.create_queue('queue')");
        for (String table : REPLICATED) {
            provider.sql("select londiste.provider_add_table('queue', ?)", table);
            subscriber.sql("select londiste.subscriber_add_table('queue', ?)", table);
        }
        provider.sql("select pgq.register_consumer('queue', 'job')");
        subscriber.sql("update londiste.subscriber_table set merge_state = 'ok'");
        subscriber.sql(
                "insert into londiste.completed (consumer_id, last_tick_id) values ('job', ?)",
                provider.number("select last_tick from pgq.get_consumer_info('queue', 'job')"));
        return ledger;
    }

    @Test
    void aSubscriberKeepsTheStateOfItsTables() {
        subscriber.sql("create table t (id int primary key); create table u (id int primary key)");
        Release.of(4).install(subscriber, "londiste");
        subscriber.sql("""
                insert into londiste.subscriber_table (queue_name, table_name, merge_state)
                values ('q', 'public.t', 'ok'), ('q', 'public.u', 'catching-up');
                insert into londiste.completed (consumer_id, last_tick_id)
                values ('job', 7), ('job_copy_public.u', 5), ('job_copy_to_kafka', 6);
                insert into londiste.subscriber_pending_fkeys (from_table, to_table, fkey_name, fkey_def)
                values ('public.t', 'public.t', 't_id_fkey', 'alter table public.t add constraint t_id_fkey foreign key (id) references public.t');
                """);

        new Installer(subscriber.dataSource()).installLondisteSubscriber();

        assertThat(subscriber.rows("select table_name, merge_state from londiste.subscriber_table order by nr"))
                .containsExactly("public.t|ok", "public.u|catching-up");
        assertThat(subscriber.rows(
                        "select consumer_id, last_tick_id, tick_mark from londiste.completed order by last_tick_id"))
                .containsExactly("job_copy_public.u|5|null", "job_copy_to_kafka|6|null", "job|7|null");
        assertThat(subscriber.rows("select consumer_id, job_id, table_name from londiste.copy_consumer"))
                .as("the copy under way is the job's own, a foreign consumer with a similar name is not")
                .containsExactly("job_copy_public.u|job|public.u");
        assertThat(subscriber.rows("select * from londiste.subscriber_restore_fkeys('q')"))
                .as("a foreign key that was saved by the earlier version")
                .containsExactly("t_id_fkey");
    }

    @Test
    void aProviderCapturesAsBeforeAndMore() {
        var old = Release.of(7);
        old.install(provider, "pgq");
        old.install(provider, "londiste");
        provider.sql("create table t (id int primary key); select pgq.create_queue('q');"
                + " select londiste.provider_add_table('q', 't')");

        new Installer(provider.dataSource()).installPgq();
        new Installer(provider.dataSource()).installLondisteProvider();

        provider.sql("select londiste.maint_capture()");
        assertThat(provider.rows("select tgname, tgenabled from pg_trigger where tgrelid = 't'::regclass order by 1"))
                .containsExactly("q_logger_d|O", "q_logger_i|O", "q_logger_r|R", "q_logger_t|A", "q_logger_u|O");
        assertThat(provider.rows("select ev_data from pgq.event_template where ev_type = 'londiste.missed-changes'"))
                .as("an upgrade is no gap")
                .isEmpty();
    }

    /** Writers hold a lock on the queue until their transactions end, and other writers must not wait behind the upgrade. */
    @Test
    void aLongTransactionIsNamedAndTheUpgradeRepeated() throws Exception {
        replicate(Release.of(10));
        var installer = new Installer(provider.dataSource());
        var before = provider.rows(
                "select oid, md5(prosrc) from pg_proc where pronamespace = 'pgq'::regnamespace order by 1");
        try (Connection holder = provider.connect();
                Statement held = holder.createStatement()) {
            held.execute("begin; insert into held values (2, 'before the upgrade')");

            assertThatThrownBy(installer::installPgq)
                    .isInstanceOf(LondisteException.class)
                    .hasMessageContaining("while transactions that have written events are open (pids "
                            + holder.unwrap(PGConnection.class).getBackendPID() + "): nothing was changed, repeat it");
            assertThat(provider.rows(
                            "select oid, md5(prosrc) from pg_proc where pronamespace = 'pgq'::regnamespace order by 1"))
                    .isEqualTo(before);
            held.execute("commit");
        }
        installer.installPgq();
        assertThat(provider.rows("select queue_name, queue_asleep from pgq.queue"))
                .containsExactly("queue|f");
    }

    @Test
    void aSubscriberIsNotUpgradedUnderARunningReplay() throws Exception {
        Release.of(9).install(subscriber, "londiste");
        var installer = new Installer(subscriber.dataSource());

        var replay = ComparisonRoutes.lockReplay(subscriber);
        try (replay) {
            assertThatThrownBy(installer::installLondisteSubscriber)
                    .isInstanceOf(LondisteException.class)
                    .hasMessageMatching("cannot upgrade schema londiste: a replay runs \\(.*, backend \\d+\\);"
                            + " stop it first; nothing was changed");
            assertThat(subscriber.number("select londiste.version()")).isEqualTo(9);
        }
        installer.installLondisteSubscriber();

        assertThat(subscriber.number("select londiste.version()")).isEqualTo(Installed.SCHEMA_VERSION);
        var next = ComparisonRoutes.lockReplay(subscriber);
        try (next) {
            installer.installLondisteSubscriber(); // changes nothing
        }
    }
}
