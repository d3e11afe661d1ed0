package io.londiste.replay;

import static org.quicktheories.generators.SourceDSL.arbitrary;
import static org.quicktheories.generators.SourceDSL.integers;
import static org.quicktheories.generators.SourceDSL.lists;

import java.util.List;
import java.util.stream.Stream;
import org.quicktheories.core.Gen;

/** Random histories of a few small tables, in which rows meet each other often. */
final class Histories {
    /** What a history consists of; a statement is all of a transaction unless it stands between BEGIN and COMMIT. */
    static final String BEGIN = "begin";

    static final String COMMIT = "commit";

    /** The events up to here are one batch. */
    static final String TICK = "tick";

    /** Statements with this mark are also run on the subscribers, once all before is applied. */
    static final String DDL = "/* both */ ";

    static final String TABLES = """
            create table acc (id integer primary key, a integer, b text, u integer unique);
            create table line (acc integer references acc on update cascade on delete cascade, nr integer, v text,
              primary key (acc, nr));
            create table swap (id integer primary key deferrable initially deferred, v text);
            create table part (id integer, k integer, v text, primary key (id, k)) partition by list (k);
            create table part_one partition of part for values in (1);
            create table part_two (v text, k integer not null, id integer not null);
            alter table part attach partition part_two for values in (2);
            create table part_rest partition of part default;
            create table odd ("Key ""1" text primary key, j jsonb, "a'b" integer[], n numeric, t timestamptz);
            create table spelt (n numeric primary key, v text);
            create table tree (id integer primary key, parent integer references tree deferrable, v text);
            """;

    static final List<String> NAMES = List.of("acc", "line", "swap", "part", "odd", "spelt", "tree", "changing");

    static final String CHANGING = "create table changing (id integer primary key, v text, w integer default 3);";

    /** Gives that table its shape back. */
    static final String UNCHANGE = "alter table changing drop column if exists x, drop column if exists w,"
            + " add column w integer default 3, alter column v type text;";

    private static final Gen<Integer> KEY = integers().between(1, 5);
    private static final Gen<Integer> VALUE = integers().between(0, 3);
    private static final Gen<String> TEXT =
            arbitrary().pick("null", "''", "'x'", "'it''s \\ \"q\"'", "E'\\n\\t'", "repeat('long', 700)");
    private static final Gen<String> NUMBER = arbitrary().pick("1", "1.0", "1.00", "2", "-2", "'NaN'", "1e3", "0.10");

    private Histories() {}

    static Gen<List<String>> all() {
        return lists().of(element()).ofSizeBetween(1, 40);
    }

    private static Gen<String> element() {
        return arbitrary()
                .pick(Stream.of(
                                acc(),
                                acc(),
                                line(),
                                swap(),
                                part(),
                                odd(),
                                spelt(),
                                tree(),
                                changing(),
                                wholeTable(),
                                frame())
                        .toList())
                .flatMap(kind -> kind);
    }

    private static Gen<String> frame() {
        return arbitrary().pick(BEGIN, COMMIT, TICK, TICK);
    }

    private static Gen<String> acc() {
        return statements(
                "insert into acc values (%1$s, %2$s, %3$s, %4$s)",
                "insert into acc values (%1$s, %2$s, %3$s, %4$s) on conflict do nothing",
                "insert into acc values (%1$s, %2$s, %3$s, null) on conflict (id) do update set a = acc.a + 1, b = excluded.b",
                "insert into acc select i, i, %3$s, null from generate_series(%1$s, 7) i on conflict do nothing",
                "update acc set a = %2$s where id = %1$s",
                "update acc set b = %3$s where id = %1$s",
                "update acc set u = %4$s where id = %1$s",
                "update acc set u = null where u = %4$s",
                "update acc set id = id + %4$s where id = %1$s",
                "update acc set id = -id",
                "update acc set a = a + 1, b = %3$s where id <= %1$s",
                "delete from acc where id = %1$s",
                "delete from acc where a = %2$s");
    }

    private static Gen<String> line() {
        return statements(
                "insert into line values (%1$s, %2$s, %3$s) on conflict do nothing",
                "insert into line select id, %2$s, %3$s from acc on conflict (acc, nr) do update set v = 'again'",
                "update line set v = %3$s where acc = %1$s",
                "update line set nr = nr + 4 where nr = %2$s",
                "update line set acc = %4$s where acc = %1$s",
                "delete from line where nr = %2$s");
    }

    private static Gen<String> swap() {
        return statements(
                "insert into swap values (%1$s, %3$s)",
                "update swap set id = 6 - id",
                "update swap set id = case id when %1$s then %4$s else %1$s end where id in (%1$s, %4$s)",
                "update swap set v = %3$s where id = %1$s",
                "delete from swap where id = %1$s");
    }

    private static Gen<String> part() {
        return statements(
                "insert into part values (%1$s, %2$s, %3$s) on conflict do nothing",
                "insert into part values (%1$s, %2$s, %3$s) on conflict (id, k) do update set v = 'both'",
                "update part set k = %2$s where id = %1$s",
                "update part set v = %3$s where k = %2$s",
                "delete from part where id = %1$s",
                "delete from part_two where id = %1$s",
                "insert into part_two (k, id, v) values (2, %1$s, %3$s) on conflict do nothing");
    }

    private static Gen<String> odd() {
        return statements(
                "insert into odd values (%3$s, '{\"a\": [1, null]}', '{1,NULL}', 0.10, '2024-02-29 12:00+02') on conflict do nothing",
                "insert into odd values ('k%1$s', null, '[0:1]={1,2}', 'NaN', 'infinity') on conflict do nothing",
                "update odd set j = to_jsonb(%3$s::text), n = n / 3",
                "update odd set \"a'b\" = array[%1$s, %2$s], t = t + interval '1 day' where n is not null",
                "update odd set \"Key \"\"1\" = \"Key \"\"1\" || '%1$s' where \"Key \"\"1\" = 'k%4$s'",
                "delete from odd where \"Key \"\"1\" = %3$s");
    }

    private static Gen<String> spelt() {
        return statements(
                "insert into spelt values (%5$s, %3$s) on conflict do nothing",
                "update spelt set v = %3$s where n = %5$s",
                "update spelt set n = n * 1.0 where n = %5$s",
                "update spelt set n = trim_scale(n)",
                "update spelt set n = %5$s where n = %5$s",
                "delete from spelt where n = %5$s",
                "delete from spelt; insert into spelt values (%5$s, 'back')");
    }

    private static Gen<String> tree() {
        return statements(
                "insert into tree values (%1$s, null, %3$s) on conflict do nothing",
                "insert into tree values (%1$s, %4$s, %3$s) on conflict (id) do update set parent = excluded.parent",
                "update tree set parent = %4$s where id = %1$s",
                "update tree set parent = null",
                "delete from tree where id = %1$s",
                "delete from tree");
    }

    private static Gen<String> changing() {
        return statements(
                "insert into changing (id, v) values (%1$s, %3$s) on conflict (id) do update set v = excluded.v",
                "update changing set v = %3$s where id = %1$s",
                "update changing set id = id + 10 where id = %1$s",
                "delete from changing where id = %1$s",
                DDL + "alter table changing add column if not exists x integer default 7",
                DDL + "alter table changing drop column if exists w",
                DDL + "alter table changing alter column v type varchar");
    }

    private static Gen<String> wholeTable() {
        return statements(
                "truncate acc cascade",
                "truncate part",
                "truncate odd, spelt",
                "truncate swap",
                "truncate part_two",
                "delete from acc",
                "insert into spelt select i, %3$s from generate_series(1, 30) i on conflict do nothing");
    }

    /** One of the statements, its gaps filled: a key, a small value, a text, another key, a number. */
    private static Gen<String> statements(String... forms) {
        return arbitrary()
                .pick(forms)
                .flatMap(form -> KEY.zip(
                        VALUE,
                        TEXT,
                        KEY,
                        NUMBER,
                        (key, value, text, other, number) -> form.formatted(key, value, text, other, number)));
    }
}
