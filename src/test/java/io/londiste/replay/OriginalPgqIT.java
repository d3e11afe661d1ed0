package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.demo.PgCluster.Stop;
import io.londiste.test.Db;
import io.londiste.test.DebianPostgres;
import io.londiste.test.Job;
import io.londiste.test.Ledger;
import io.londiste.test.Pgqd;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Subscriber;
import io.londiste.test.SteadyWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The replication from a provider that has the original PgQ extension, and from tables that its own triggers capture. */
@ExtendWith(PostgresPair.class)
class OriginalPgqIT {
    private static final String TABLE = """
            create table goods (id int, "Key ""2" text, note text, price numeric, double numeric generated always as (price * 2) stored,
              doc jsonb, raw json, tags text[], data bytea, f float8, primary key (id, "Key ""2"));
            """;
    private static final String[] WRITES = {
        """
        insert into goods (id, "Key ""2", note, price, doc, raw, tags, data, f) values
          (1, 'a', null, null, null, null, null, null, null),
          (2, '', '', 0.10, '{"a": [1, null]}', ' {"a" : 1, "a":2}', '{a,NULL,"b c","\\"\\\\",""}', '\\x00275c', 'NaN'),
          (3, 'it''s "quoted"', 'x=1&y=2+3%%41 and \\ ''where'' (;', 12345678901234567890.123, '"text"', '[]', '{}', '', 0.1::float8 + 0.2),
          (4, E'\\n\\t\\\\ \\u20ac', E'\\r\\n\\001 \\U0001F600 '' \\\\''', 'NaN', '"null"', '"x"', '[0:1]={"null",b}', 'E\\\\', '-Infinity'),
          (5, 'null', 'null', 1, '{}', '{}', '{NULL}', 'null', 1e300);
        """,
        """
        update goods set note = 'a''b\\c&d', price = null where id = 1;
        update goods set note = null, doc = null, tags = null, data = null where id = 2;
        update goods set note = '', f = null, raw = '1' where id = 3;
        update goods set price = price where id = 4
        """,
        "delete from goods where id in (2, 3, 4); insert into goods (id, \"Key \"\"2\", note) values (2, 'again', E'\\\\')",
        "insert into goods (id, \"Key \"\"2\") select i, E'\\\\ ''' from generate_series(100, 140) i;"
                + "update goods set note = id || '\\' where id > 110; delete from goods where id > 130",
        "truncate goods; insert into goods (id, \"Key \"\"2\", note) values (7, 'after', 'truncate')"
    };

    @TempDir
    private Path directory;

    private Db provider;
    private Db subscriber;
    private Job job;
    private Pgqd pgqd;

    @BeforeEach
    void install(@Subscriber Db subscriber) {
        this.provider = DebianPostgres.database();
        this.subscriber = subscriber;
        provider.sql("create extension pgq");
        provider.sql(TABLE);
        subscriber.sql(TABLE);
        provider.sql(WRITES[0].replaceAll("\\((\\d),", "(-$1,"));
        String before = extension();
        job = new Job(provider, subscriber);
        assertThat(extension()).as("the extension is left alone").isEqualTo(before);
    }

    @AfterEach
    void end() throws Exception {
        if (pgqd != null) {
            pgqd.close();
        }
        if (provider != null) {
            job.close();
            provider.close();
        }
    }

    /** All that the extension consists of. */
    private String extension() {
        return provider.sql(
                "select md5(string_agg(p.oid || prosrc || coalesce(proconfig::text, '') || prolang, ',' order by p.oid)),"
                        + " (select extversion from pg_extension where extname = 'pgq'),"
                        + " (select string_agg(oid || relname, ',' order by oid) from pg_class where relnamespace = 'pgq'::regnamespace and relname !~ '^event_\\d')"
                        + " from pg_proc p where pronamespace = 'pgq'::regnamespace");
    }

    @Test
    void ourCaptureAndTickerWorkOnIt() {
        job.add("goods").start().awaitOk();
        writeAndCompare();
    }

    @Test
    void pgqdTicksForUs() throws Exception {
        pgqd = new Pgqd(provider, directory);
        job.with("embedded_ticker", "0").add("goods").start().awaitOk();
        writeAndCompare();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jsontriga", "logutriga", "sqltriga"})
    void tablesThatItsOwnTriggersCaptureAreReplayed(String trigger) throws Exception {
        provider.sql(
                ("create trigger rows after insert or update or delete on goods for each row execute function pgq.%1$s('queue');"
                                + "create trigger whole after truncate on goods for each statement execute function pgq.%1$s('queue');"
                                + "insert into londiste.provider_table (queue_name, table_name, trigger_name) values ('queue', 'public.goods', 'rows')")
                        .formatted(trigger));
        subscriber.sql("select londiste.subscriber_add_table('queue', 'public.goods')");
        pgqd = new Pgqd(provider, directory);
        job.with("embedded_ticker", "0").start().awaitOk();
        writeAndCompare();
        assertThat(provider.number(
                        "select count(*) from pg_trigger where tgrelid = 'goods'::regclass and not tgisinternal"))
                .as("nothing else captures")
                .isEqualTo(2);
    }

    @Test
    void sequencesFollowItsTicks() throws Exception {
        for (Db db : new Db[] {provider, subscriber}) {
            db.sql("create sequence numbers increment -2");
        }
        provider.sql("select londiste.provider_add_seq('queue', 'numbers')");
        subscriber.sql("select londiste.subscriber_add_seq('queue', 'numbers')");
        pgqd = new Pgqd(provider, directory);
        job.with("embedded_ticker", "0").start().awaitReplay();
        for (String move : new String[] {"nextval('numbers')", "nextval('numbers')", "setval('numbers', -99, false)"}) {
            provider.sql("select " + move);
            job.awaitReplay();
            assertThat(subscriber.sql("select last_value, is_called from numbers"))
                    .as(move)
                    .isEqualTo(provider.sql("select last_value, is_called from numbers"));
        }
    }

    /**
     * Its calls commit one by one: a crash after the subscriber's commit leaves the batch open. A replay that survives
     * finishes it; to one that ends as well it is delivered again.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBatchThatACrashKeptFromBeingFinishedIsNotAppliedTwice(boolean replayEnds) throws Exception {
        var ledger = new Ledger(provider, subscriber);
        job.add(Ledger.TABLES).start().awaitOk();
        ledger.watch();
        try (var writer = new SteadyWriter(provider, 2, Ledger.WRITE_ASYNCHRONOUSLY)) {
            for (int crash = 0; crash < 2; crash++) {
                writer.await(20);
                long finished;
                try (Connection applying = subscriber.connect();
                        Statement table = applying.createStatement();
                        Connection finishing = provider.connect();
                        Statement subscription = finishing.createStatement()) {
                    applying.setAutoCommit(false);
                    finishing.setAutoCommit(false);
                    table.execute("lock table entry in share mode");
                    awaitWaiting(subscriber, "%");
                    subscription.execute("select from pgq.subscription for update");
                    finished = ledger.finished();
                    applying.rollback();
                    awaitWaiting(provider, "%finish_batch%");
                    provider.control().stop(Stop.IMMEDIATE);
                }
                assertThat(ledger.position()).isGreaterThan(finished);
                if (replayEnds) {
                    job.stop();
                }
                provider.control().start();
                if (replayEnds) {
                    assertThat(ledger.finished()).isEqualTo(finished);
                    job.start();
                }
            }
            writer.await(50);
        }

        job.awaitReplay();
        ledger.assertNothingIsLostAndNothingAppliedTwice();
        ledger.assertRowsAreThoseOfThePosition();
        assertThat(job.running().status().total().unexpected()).isZero();
    }

    /** As on a standby that was promoted before it had received the last positions. */
    @Test
    void whatAProviderForgetsIsNotAppliedTwice() {
        var ledger = new Ledger(provider, subscriber);
        job.add(Ledger.TABLES).start().awaitOk();
        ledger.watch();
        long early = ledger.finished();
        for (int tick = 0; tick < 4; tick++) {
            provider.sql(Ledger.WRITE);
            job.awaitReplay();
        }
        job.stop();
        provider.sql("update pgq.subscription set sub_last_tick = ?, sub_batch = null, sub_next_tick = null", early);
        for (int tick = 0; tick < 3; tick++) {
            provider.sql(Ledger.WRITE);
            provider.sql("select pgq.force_tick('queue')");
            provider.sql("select pgq.ticker('queue')");
        }

        job.start().awaitReplay();

        ledger.assertNothingIsLostAndNothingAppliedTwice();
        assertThat(job.running().status().total().unexpected()).isZero();
    }

    private static void awaitWaiting(Db db, String query) {
        Awaitility.await("waiting for a lock")
                .until(() -> db.number(
                                "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                        + " and datname = current_database() and query like ?",
                                query)
                        > 0);
    }

    private void writeAndCompare() {
        String rows = "select goods::text from goods order by id";
        assertThat(subscriber.rows(rows))
                .as("copied")
                .isEqualTo(provider.rows(rows))
                .isNotEmpty();
        for (String write : WRITES) {
            provider.sql(write);
            job.awaitReplay();
            assertThat(subscriber.rows(rows))
                    .as(write)
                    .isEqualTo(provider.rows(rows))
                    .isNotEmpty();
        }
        assertThat(job.running().status().total().unexpected()).isZero();
    }
}
