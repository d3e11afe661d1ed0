package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.londiste.subscriber.AddOptions;
import io.londiste.subscriber.Subscriber;
import io.londiste.table.Selection;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** Columns that are not the same on both sides, or that PostgreSQL fills by itself. */
@ExtendWith(PostgresPair.class)
@ParameterizedClass
@CsvSource({"13, 18", "18, 13", "15, 18"})
class ColumnsIT {
    @Parameter(0)
    private int from;

    @Parameter(1)
    private int to;

    private Db provider;
    private Db subscriber;
    private Job job;

    @BeforeEach
    void install() {
        provider = PostgresPair.database(from);
        subscriber = PostgresPair.database(to);
        job = new Job(provider, subscriber);
    }

    @AfterEach
    void end() throws IOException {
        job.close();
        provider.close();
        subscriber.close();
    }

    /** Makes the first writes before the table is copied and the others one by one after it. */
    private void replicate(String table, List<String> writes) {
        provider.sql(writes.get(0));
        job.add(table).start().awaitOk();
        for (String write : writes.subList(1, writes.size())) {
            provider.sql(write);
            job.awaitReplay();
        }
        assertThat(job.states()).containsOnly("ok");
        assertThat(job.running().status().total().unexpected()).isZero();
    }

    private void assertEqual(String rows) {
        assertThat(subscriber.rows(rows)).isEqualTo(provider.rows(rows)).isNotEmpty();
    }

    /** The structure is changed on the subscriber first, then on the provider, between two batches. */
    @Test
    void typesThatBecomeMorePreciseWhileTheReplayRunsKeepEveryDigit() {
        String create =
                "create table t (id int primary key, amount numeric(10,2), ratio real, at timestamp(0), day date,"
                        + " tags varchar(3)[])";
        provider.sql(create);
        subscriber.sql(create);
        replicate(
                "t",
                List.of(
                        "insert into t values (1, 1.25, 0.5, '2026-01-01 10:00', '2026-01-01', '{a}')",
                        "insert into t values (2, 1.25, 0.5, '2026-01-01 10:00', '2026-01-01', '{b}')"));
        String alter = "alter table t alter amount type numeric(12,4), alter ratio type double precision,"
                + " alter at type timestamp, alter day type timestamp, alter tags type text[]";
        subscriber.sql(alter);
        provider.sql(alter);

        provider.sql("insert into t select n, 0.0040, 0.1234567890123, '2026-01-01 10:00:00.123456',"
                + " '2026-01-01 10:30', '{a long text}' from generate_series(3, 9) as n");
        job.awaitReplay();
        provider.sql("update t set amount = 0.0001, day = '2026-01-01 11:30' where id < 3");
        job.awaitReplay();

        assertEqual("select * from t order by id");
        assertThat(job.states()).containsOnly("ok");
    }

    @Test
    void columnsAreFoundByTheirNames() {
        String table = "\"S.\"\"x\".\"T 'a\\ %s \"";
        for (Db db : List.of(provider, subscriber)) {
            db.sql("create schema \"S.\"\"x\"");
        }
        provider.sql("create table " + table
                + " (gone int, \"r\" text, \"Id \"\"1\\\" int, o int[], gone2 json, \"select\" int,"
                + " \"T\" text unique, \"é,{}:\" text, m jsonb, primary key (\"select\", \"Id \"\"1\\\"))");
        provider.sql("alter table " + table + " drop gone, drop gone2");
        subscriber.sql("create table " + table
                + " (extra int default 7, \"é,{}:\" text, m jsonb, \"T\" text unique, o int[], was bigint, extra2 timestamptz default now() not null,"
                + " \"Id \"\"1\\\" int, \"select\" bigint, \"r\" varchar(9), more int generated always as (\"select\" + 1) stored,"
                + " primary key (\"Id \"\"1\\\", \"select\"))");
        subscriber.sql("alter table " + table + " drop was");
        String columns = " (\"r\", \"Id \"\"1\\\", o, \"select\", \"T\", \"é,{}:\", m)";

        replicate(
                table,
                List.of(
                        "insert into " + table + columns + " values ('a', 1, '{1}', 2, 'x', 'y', 'null')",
                        "insert into " + table + columns
                                + " values ('b', 2, null, 2, 'z', null, null), ('c', 3, '{}', 2, '', '', '[]')",
                        "update " + table
                                + " set \"select\" = 5, \"r\" = 'moved', \"é,{}:\" = '\"' where \"Id \"\"1\\\" = 2",
                        "update " + table + " set \"T\" = \"T\" || '-'; update " + table
                                + " set \"T\" = case \"T\" when 'x-' then 'z' else 'x' end"
                                + " where \"T\" in ('x-', 'z-'); delete from " + table + " where \"Id \"\"1\\\" = 3"));

        assertEqual("select" + columns + "::text from " + table + " order by 1");
        assertThat(subscriber.sql("select distinct extra, extra2 is not null, more - \"select\" from " + table))
                .isEqualTo("7|t|1");
    }

    @Test
    void generatedColumnsAreComputedOnEachSide() {
        String columns = "(id int primary key, a int unique, twice int generated always as (a * 2) %s, j json,"
                + " txt text generated always as ('<' || id || '>') stored)";
        provider.sql("create table made " + columns.formatted(from == 18 ? "virtual" : "stored"));
        subscriber.sql("create table made " + columns.formatted(to == 18 ? "virtual" : "stored"));

        replicate(
                "made",
                List.of(
                        "insert into made (id, a, j) values (1, 1, ' {}'), (2, 2, null)",
                        "insert into made (id, a, j) values (3, 3, 'null'), (4, null, null)",
                        "update made set a = 10 where id = 1; update made set id = 20 where id = 2; delete from made where id = 4",
                        "update made set a = -a; update made set a = case id when 1 then 3 when 3 then 10 else -a end"));

        assertEqual("select made::text, twice, txt from made order by id");
    }

    @Test
    void generatedColumnsMayBePlainOnTheSubscriber() {
        // a stored one; triggers do not see the value of a virtual one
        provider.sql("create table made (id int primary key, a int, b int generated always as (a * 2) stored)");
        subscriber.sql("create table made (id int primary key, a int, b int)");

        replicate(
                "made",
                List.of(
                        "insert into made values (1, 1), (2, 2)",
                        "insert into made values (3, 3)",
                        "update made set a = 5 where id = 3; update made set id = 10 where id = 1"));

        assertEqual("select id, a, b from made order by id");
    }

    @Test
    void aGeneratedColumnMayBeTheKey() {
        for (Db db : List.of(provider, subscriber)) {
            db.sql("create table made (a int, v text, id int generated always as (a * 2) stored primary key)");
        }
        replicate(
                "made",
                List.of(
                        "insert into made values (1, 'x'), (2, 'y')",
                        "insert into made values (3, 'z'), (4, 'w')",
                        "update made set v = 'n'",
                        "update made set v = 'o' where a = 2",
                        "update made set a = a + 10 where a = 3; delete from made where a = 4",
                        "update made set a = -a"));

        assertEqual("select id, a, v from made order by id");
    }

    @Test
    void aPlainColumnCannotHaveTheValuesOfAVirtualOne() {
        assumeTrue(from == 18, "older servers have no virtual columns");
        provider.sql("create table made (id int primary key, a int, b int generated always as (a * 2) virtual)");
        subscriber.sql("create table made (id int primary key, a int, b int)");
        provider.sql("select londiste.provider_add_table('queue', 'made')");

        assertThatThrownBy(() ->
                        Subscriber.connected(job.settings(), side -> side.add(Selection.of("made"), AddOptions.NONE)))
                .hasMessageContaining("public.made: column b is a virtual generated column on the provider");
        subscriber.sql("alter table made drop b, add b int generated always as (a * 2) stored");
        Subscriber.connected(job.settings(), side -> side.add(Selection.of("made"), AddOptions.NONE));
    }

    @Test
    void identityColumnsKeepTheProvidersValues() {
        for (Db db : List.of(provider, subscriber)) {
            db.sql("create table ident (id int generated always as identity primary key, a int unique,"
                    + " n int generated by default as identity, s serial);"
                    + "create table side (id int primary key, a int unique, n int generated always as identity)");
        }
        provider.sql("insert into side (id, a) values (1, 1), (2, 2)");
        job.add("side");
        replicate(
                "ident",
                List.of(
                        "insert into ident (a) values (1), (2), (3)",
                        "insert into ident (a) values (4), (5), (6); insert into side (id, a) values (3, 3), (4, 4)",
                        "update ident set a = 10 where id = 1; update ident set n = 100 where id = 4; delete from ident where id = 5",
                        "update ident set id = default where id = 2; update side set n = default where id = 3",
                        "update ident set a = -a; update ident set a = case id when 1 then 3 when 3 then 10 else -a end;"
                                + "update ident set id = default where id = 3; update side set n = default where id = 4"));

        assertEqual("select ident::text from ident order by id");
        assertEqual("select side::text from side order by id");
    }
}
