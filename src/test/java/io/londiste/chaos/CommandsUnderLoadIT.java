package io.londiste.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.change.TableName;
import io.londiste.cli.Terminal;
import io.londiste.demo.DemoCompare;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.ReplicationFixture;
import io.londiste.test.SteadyWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands add, remove and resync tables while a client writes to them all the time. */
class CommandsUnderLoadIT extends ReplicationFixture {
    private static final List<TableName> TABLES =
            List.of(TableName.parse("public.account"), TableName.parse("public.entry"));

    private static final String SCHEMA = """
            create table account (id serial primary key, v text);
            create table entry (id serial primary key, account int references account on delete cascade, v text);
            """;

    private static final String ROWS = """
            insert into account (v) select md5(i::text) from generate_series(1, 500) i;
            insert into entry (account, v) select i, md5(i::text) from generate_series(1, 500) i, generate_series(1, 2);
            """;

    private static final String WRITE = """
            select pg_sleep(0.01);
            with a as (insert into account (v) values (md5(random()::text)) returning id)
            insert into entry (account, v) select id, 'new' from a, generate_series(1, 2);
            delete from account where id in (select id from account order by id limit 1 offset 20);
            update entry set v = md5(v) where id % 100 = (random() * 100)::int;
            """;

    private Terminal terminal;
    private String ini;

    @BeforeEach
    void replicate(@TempDir Path directory) {
        provider.sql(SCHEMA + ROWS);
        subscriber.sql(SCHEMA);
        terminal = new Terminal(directory);
        ini = terminal.file("conf.ini", job.ini());
        terminal.ok(ini, "provider", "add", "--all");
    }

    private void assertEqual(Job on, Db copy) throws SQLException {
        on.awaitOk().awaitReplay();
        assertThat(new DemoCompare(provider.dataSource(), copy.dataSource()).differences(TABLES))
                .isEmpty();
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).until(condition);
    }

    private static void awaitForeignKey(Db db) {
        await(
                "the foreign key",
                () -> db.number("select count(*) from pg_constraint where conname = 'entry_account_fkey'") == 1);
    }

    private static long subscribed(Db db, String table) {
        return db.number("select count(*) from londiste.subscriber_table where table_name = ?", "public." + table);
    }

    @Test
    void resync() throws SQLException {
        terminal.ok(ini, "subscriber", "add", "--all");
        job.start();
        try (SteadyWriter writer = new SteadyWriter(provider, WRITE)) {
            job.awaitOk();
            // in one transaction, which may meet the replay's in a deadlock
            Awaitility.await("differences").ignoreExceptions().until(() -> {
                subscriber.sql("insert into account values (-1, 'only here'); delete from entry where id % 2 = 0");
                return true;
            });

            terminal.ok(ini, "subscriber", "resync", "--all");
            job.awaitOk();
            long before = writer.committed();
            await("clients go on", () -> writer.committed() > before);
        }
        assertEqual(job, subscriber);
        awaitForeignKey(subscriber);
    }

    @Test
    void subscriberRemoveAndAddAgain() throws SQLException {
        terminal.ok(ini, "subscriber", "add", "--all");
        job.start();
        try (SteadyWriter writer = new SteadyWriter(provider, WRITE)) {
            job.awaitOk();
            terminal.ok(ini, "subscriber", "remove", "entry");
            long before = writer.committed();
            await("clients go on", () -> writer.committed() > before + 10);
            terminal.ok(ini, "subscriber", "add", "entry");
            terminal.ok(ini, "subscriber", "remove", "entry"); // wherever it is on its way
            terminal.ok(ini, "subscriber", "add", "entry");
            job.awaitOk();
        }
        assertEqual(job, subscriber);
        awaitForeignKey(subscriber);
    }

    @Test
    void providerRemoveReachesAllSubscribersAndAddBringsTheTableBack() throws IOException, SQLException {
        try (Db other = PostgresPair.database(provider.major());
                Job second = second(other);
                SteadyWriter writer = new SteadyWriter(provider, WRITE)) {
            String secondIni = terminal.file("second.ini", second.ini());
            for (Db db : List.of(subscriber, other)) {
                db.sql("create function nothing() returns trigger language plpgsql as 'begin return new; end';"
                        + "create trigger own before insert on entry for each row execute function nothing()");
            }
            for (String file : List.of(ini, secondIni)) {
                terminal.ok(file, "subscriber", "add", "--all");
            }
            job.start().awaitOk();
            second.start().awaitOk();

            terminal.ok(ini, "provider", "remove", "entry");

            for (Db db : List.of(subscriber, other)) {
                await("entry is gone", () -> subscribed(db, "entry") == 0);
                assertThat(subscribed(db, "account")).isEqualTo(1);
                assertThat(db.number("select count(*) from pg_trigger where tgname = 'own'"))
                        .isEqualTo(1);
                awaitForeignKey(db);
            }
            assertThat(provider.number(
                            "select count(*) from pg_trigger where tgrelid = 'entry'::regclass and not tgisinternal"))
                    .isZero();
            long before = writer.committed();
            await("clients go on", () -> writer.committed() > before + 10);

            terminal.ok(ini, "provider", "add", "entry");
            for (String file : List.of(ini, secondIni)) {
                terminal.ok(file, "subscriber", "add", "entry");
            }
            job.awaitOk();
            second.awaitOk();
            writer.stop();
            assertEqual(job, subscriber);
            assertEqual(second, other);
        }
    }

    private Job second(Db db) {
        db.sql(SCHEMA);
        return new Job(provider, db, "second", "queue");
    }

    @Test
    void providerRemoveReachesTablesThatWaitForTheirCopy() throws SQLException {
        terminal.ok(ini, "subscriber", "add", "account");
        job.start().awaitOk();
        job.stop();
        terminal.ok(ini, "subscriber", "add", "entry");
        terminal.ok(ini, "provider", "remove", "entry");

        job.start();

        await("entry is gone", () -> subscribed(subscriber, "entry") == 0);
        job.awaitOk();
        assertThat(subscribed(subscriber, "account")).isEqualTo(1);
        await("no consumer of a copy", () -> provider.sql("select co_name from pgq.consumer")
                .equals("job"));
    }

    @Test
    void providerRemoveReachesTablesThatHaveStopped() throws SQLException {
        terminal.ok(ini, "subscriber", "add", "account", "entry");
        job.start().awaitOk();
        subscriber.sql("drop table entry");
        provider.sql(
                "insert into entry select * from (select (jsonb_populate_record(null::entry, '{\"id\": 77777}')).*) as e"
                        + " on conflict do nothing");
        provider.sql("update entry set id = id where id = (select min(id) from entry)");
        await(
                "entry has stopped",
                () -> subscriber.number("select count(*) from londiste.subscriber_table where reason is not null")
                        == 1);

        terminal.ok(ini, "provider", "remove", "entry");

        await("entry is gone", () -> subscribed(subscriber, "entry") == 0);
        assertThat(subscribed(subscriber, "account")).isEqualTo(1);
    }

    @Test
    void skipTruncateKeepsRows() {
        subscriber.sql("insert into account values (-1, 'only here')");
        try (SteadyWriter writer = new SteadyWriter(provider, WRITE)) {
            terminal.ok(ini, "subscriber", "add", "--skip-truncate", "--all");
            job.start().awaitOk();
            long before = writer.committed();
            await("clients go on", () -> writer.committed() > before + 10);
        }
        job.awaitReplay();
        String rows = "select string_agg(md5(t::text), '' order by id) from account t where id > 0";
        assertThat(subscriber.sql(rows)).isEqualTo(provider.sql(rows));
        assertThat(subscriber.sql("select v from account where id < 0")).isEqualTo("only here");
    }

    @Test
    void skipTruncateStopsAtARowWithTheSameKeyUntilItIsRemoved() throws SQLException {
        subscriber.sql("insert into account values (300, 'in the way')");
        terminal.ok(ini, "subscriber", "add", "--skip-truncate", "account");
        terminal.ok(ini, "subscriber", "add", "entry");
        job.start();

        await(
                "the reason is told",
                () -> terminal.ok(ini, "subscriber", "tables")
                        .matches(
                                "(?s).*Key \\(id\\)=\\(300\\).*clash \\(--skip-truncate\\): delete them, or remove the table.*"));
        await("the others continue", () -> job.states().get(1).equals("ok"));
        assertThat(job.states().get(0)).isEqualTo("in-copy");
        assertThat(subscriber.rows("select * from account")).containsExactly("300|in the way");

        subscriber.sql("delete from account");
        assertEqual(job, subscriber);
    }

    @Test
    void expectSyncMakesNoCopy() {
        subscriber.sql("insert into account select i, 'left as it is' from generate_series(1, 500) i;"
                + "insert into entry select i, 1, 'left as it is' from generate_series(1, 1000) i");
        terminal.ok(ini, "subscriber", "add", "--excect-sync", "--all");
        assertThat(job.states()).containsExactly("ok", "ok");
        job.start();

        provider.sql("update account set v = 'changed' where id = 7; insert into entry values (-1, 7, 'new');"
                + "delete from entry where id = 9");
        job.awaitReplay();

        assertThat(subscriber.rows("select v, count(*) from account group by 1 order by 1"))
                .containsExactly("changed|1", "left as it is|499");
        assertThat(subscriber.rows("select v, count(*) from entry group by 1 order by 1"))
                .containsExactly("left as it is|999", "new|1");
        assertThat(job.running().status().total().unexpected()).isZero();
        assertThat(job.running().copies().rows()).isEmpty();
    }
}
