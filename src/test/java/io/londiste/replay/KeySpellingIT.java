package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One row whose key is spelled in several ways within one batch is one row. */
@ExtendWith(PostgresPair.class)
class KeySpellingIT {
    /** A type of key, and the spellings of two keys. */
    private record Key(String type, List<String> one, List<String> other) {}

    private static final List<Key> KEYS = List.of(
            new Key("int", List.of("1"), List.of("2")),
            new Key("numeric", List.of("1", "1.0", "1.00"), List.of("0", "-0.0", "0.00")),
            new Key("numeric(30,5)", List.of("1"), List.of("'NaN'")),
            new Key("float8", List.of("0", "'-0'"), List.of("1e300", "'NaN'")),
            new Key("boolean", List.of("true"), List.of("false")),
            new Key("citext", List.of("'A'", "'a'"), List.of("'null'", "'NULL'")),
            new Key("text collate ci", List.of("'A'", "'a'"), List.of("'B\nb'", "'b\nB'")),
            new Key("varchar(10) collate ci", List.of("'A'", "'a'"), List.of("'B'", "'b'")),
            new Key("text", List.of("'A'"), List.of("'null'")),
            new Key("char(4)", List.of("'a'"), List.of("'\"'")),
            new Key("bpchar", List.of("'a'", "'a  '"), List.of("'b '", "'b'")),
            new Key("bytea", List.of("'\\x6100'"), List.of("'\\x62ff'")),
            new Key("date", List.of("date '2026-02-01'"), List.of("date 'infinity'")),
            new Key("timestamptz", List.of("timestamptz '2026-01-01 12:00+02'"), List.of("timestamptz 'infinity'")),
            new Key("timestamp", List.of("timestamp '2026-01-02 12:00'"), List.of("timestamp '-infinity'")),
            new Key(
                    "interval",
                    List.of("interval '1 day'", "interval '24 hours'"),
                    List.of("interval '1 month'", "interval '30 days'")),
            new Key("inet", List.of("inet '10.0.0.1'", "inet '10.0.0.1/32'"), List.of("inet '::1'")),
            new Key("numeric[]", List.of("array[1.0]", "array[1.00]"), List.of("'[0:0]={1}'", "'{}'")),
            new Key("jsonb", List.of("'{\"a\":1}'", "'{\"a\":1.0}'"), List.of("'null'")),
            new Key("numrange", List.of("numrange(1.0, 2)", "numrange(1, 2.0)"), List.of("numrange(null, null)")),
            new Key(
                    "uuid",
                    List.of("uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"),
                    List.of("uuid 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'")),
            new Key("posint", List.of("1", "1.0"), List.of("0")),
            new Key("asked", List.of("row(1)::asked", "row(1.0)::asked"), List.of("row(2)::asked")));

    private static final List<String> SETTINGS = List.of(
            "set local datestyle = 'ISO, DMY'; set local timezone = 'Asia/Tokyo'; set local bytea_output = escape;"
                    + " set local intervalstyle = iso_8601",
            "set local datestyle = 'ISO, YMD'; set local timezone = 'America/New_York'; set local bytea_output = hex;"
                    + " set local intervalstyle = postgres_verbose");

    private Db provider;
    private Db subscriber;
    private Job job;

    @BeforeEach
    void install(@Provider Db provider, @Subscriber Db subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
        job = new Job(provider, subscriber);
    }

    @AfterEach
    void stop() {
        job.close();
    }

    private void both(String sql) {
        provider.sql(sql);
        subscriber.sql(sql);
    }

    private void assertEqual(String table) {
        String rows = "select t::text from " + table + " t order by 1";
        assertThat(subscriber.rows(rows)).as(table).isEqualTo(provider.rows(rows));
    }

    private void table(String name, Key key) {
        both("create table " + name + " (id " + key.type + " primary key, a text, b int)");
    }

    private static String random(List<String> some, Random random) {
        return some.get(random.nextInt(some.size()));
    }

    private static String change(String table, Key key, Random random, int nr) {
        String one = random(random.nextBoolean() ? key.one : key.other, random);
        String same = random(key.one.contains(one) ? key.one : key.other, random);
        return switch (random.nextInt(5)) {
            case 0 ->
                "insert into %s values (%s, 'i%d') on conflict (id) do update set a = excluded.a"
                        .formatted(table, one, nr);
            case 1 -> "update %s set id = %s, b = %d where id = %s".formatted(table, same, nr, one);
            case 2 -> "update %s set a = 'u%d' where id = %s".formatted(table, nr, one);
            case 3 -> "update %s set b = %d where id = %s".formatted(table, nr, one);
            default -> "delete from %s where id = %s".formatted(table, one);
        };
    }

    private void writeAtRandom(String prefix, Random random) {
        for (int round = 0; round < 4; round++) {
            StringBuilder batch = new StringBuilder("begin;");
            for (int nr = 0; nr < KEYS.size() * 6; nr++) {
                int table = nr % KEYS.size();
                batch.append(random(SETTINGS, random)).append(';');
                batch.append(change(prefix + table, KEYS.get(table), random, nr))
                        .append(';');
            }
            provider.sql(batch.append("commit").toString());
        }
    }

    /** Type {@code asked} has operators of its own, to whose names the JDBC driver gives another meaning. */
    private void types() {
        both("create type asked as (n numeric);"
                + "create function asked_cmp(asked, asked) returns int immutable language sql as 'select numeric_cmp(($1).n, ($2).n)';"
                + "create function asked_lt(asked, asked) returns boolean immutable language sql as 'select ($1).n < ($2).n';"
                + "create function asked_eq(asked, asked) returns boolean immutable language sql as 'select ($1).n = ($2).n';"
                + "do $$ begin create operator <? (leftarg = asked, rightarg = asked, function = asked_lt);"
                + "create operator =?? (leftarg = asked, rightarg = asked, function = asked_eq);"
                + "create operator class asked_ops default for type asked using btree"
                + " as operator 1 <?, operator 3 =??, function 1 asked_cmp(asked, asked); end $$");
        both("create extension citext; create domain posint as numeric check (value >= 0);"
                + "create collation ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
    }

    @Test
    void keysOfAllTypesAreFollowedThroughAllSpellings() {
        types();
        String[] names =
                IntStream.range(0, KEYS.size()).mapToObj(i -> "ours" + i).toArray(String[]::new);
        for (int i = 0; i < names.length; i++) {
            table(names[i], KEYS.get(i));
        }
        job.add(names).start().awaitOk();

        writeAtRandom("ours", new Random(1));
        job.awaitReplay();

        for (String name : names) {
            assertEqual(name);
        }
        assertThat(job.states()).containsOnly("ok");
    }

    @Test
    void eventsOfTheOriginalTriggersWrittenUnderAnySettingsAreFollowed() {
        types();
        String[] forms = {"jsontriga", "logutriga", "sqltriga"};
        for (String form : forms) {
            for (int i = 0; i < KEYS.size(); i++) {
                String name = form + i;
                table(name, KEYS.get(i));
                provider.sql("create trigger rows after insert or update or delete on " + name
                        + " for each row execute function pgq." + form + "('queue')");
                provider.sql("insert into londiste.provider_table (queue_name, table_name, trigger_name)"
                        + " values ('queue', 'public." + name + "', 'rows')");
                subscriber.sql("select londiste.subscriber_add_table('queue', ?)", name);
            }
        }
        job.start().awaitOk();
        for (String form : forms) {
            writeAtRandom(form, new Random(2));
        }
        job.awaitReplay();

        for (String form : forms) {
            for (int i = 0; i < KEYS.size(); i++) {
                assertEqual(form + i);
            }
        }
    }

    @Test
    void aColumnThatComesAndGoesChangesTheFormOfEventsButNotTheirRows() {
        both("create table t (id int primary key, a text)");
        subscriber.sql("alter table t add tags text[]");
        job.add("t").start().awaitOk();
        provider.sql("insert into t values (5, 'old'), (6, 'old')");
        job.awaitReplay();

        provider.sql("begin; insert into t values (1, 'a'); alter table t add tags text[]; delete from t where id = 1;"
                + "alter table t drop tags; update t set a = 'x' where id = 6; update t set a = 'v1' where id = 5;"
                + "alter table t add tags text[]; update t set a = 'v2' where id = 5; alter table t drop tags;"
                + "update t set a = 'v3' where id = 5; commit");
        job.awaitReplay();

        assertThat(subscriber.sql("select id, a from t order by 1")).isEqualTo("5|v3\n6|x");
        assertThat(job.running().status().total().unexpected()).isZero();
    }

    @Test
    void partialUpdatesOfOneRowAreAllApplied() {
        both("create table t (id int primary key, a text, b text)");
        provider.sql(
                "insert into t values (1, 'a0', 'b0'), (2, 'a0', 'b0');"
                        + "create trigger rows after insert or update or delete on t for each row execute function pgq.sqltriga('queue');"
                        + "insert into londiste.provider_table (queue_name, table_name, trigger_name) values ('queue', 'public.t', 'rows')");
        subscriber.sql("select londiste.subscriber_add_table('queue', 't')");
        job.start().awaitOk();

        provider.sql("begin; update t set a = 'a1' where id = 1; update t set b = 'b1' where id = 1;"
                + "update t set a = 'a1' where id = 2; insert into t values (3, 'x', 'y'); update t set a = 'x1' where id = 3;"
                + "update t set b = 'y1' where id = 3; commit");
        job.awaitReplay();

        assertThat(subscriber.sql("select * from t order by 1")).isEqualTo("1|a1|b1\n2|a1|b0\n3|x1|y1");
    }
}
