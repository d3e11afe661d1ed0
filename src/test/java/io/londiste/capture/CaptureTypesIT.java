package io.londiste.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A value arrives as it was, whatever its type and whatever settings the session has that writes it. */
@ParameterizedClass
@ValueSource(ints = {13, 15, 18})
class CaptureTypesIT extends CaptureFixture {
    /** Runs statements under settings that few sessions have. In a function, because the driver wants to know none of it. */
    private static final String ODD = """
            create schema elsewhere;
            create function test.odd(statements text) returns void language plpgsql
                set datestyle = '%s, DMY' set intervalstyle = sql_standard set bytea_output = escape
                set timezone = 'America/St_Johns' set extra_float_digits = -15
                set search_path = elsewhere, pg_catalog set standard_conforming_strings = %s set escape_string_warning = off
                set backslash_quote = off set xmlbinary = hex set xmloption = content set quote_all_identifiers = on
                set transform_null_equals = on set array_nulls = on set plan_cache_mode = force_custom_plan
                as $$ begin execute statements; end $$
            """;

    private static final String TYPES = """
            create extension hstore; create extension citext;
            create type mood as enum ('sad', 'so ''so"', 'happy');
            create domain small as int check (value < 10);
            create domain smalls as small[];
            create type pair as (a int, "B b" text, m mood);
            create type span as range (subtype = numeric);
            create type odd as (x int);
            create function odd_json(odd) returns json language sql as $$ select '"lost"'::json $$;
            create cast (odd as json) with function odd_json(odd);
            create type wink as enum (';)');
            create function wink_json(wink) returns json language sql as $$ select '{"lost": true}'::json $$;
            create cast (wink as json) with function wink_json(wink);
            """;

    /** A type and its values, as SQL. */
    private static final List<List<String>> VALUES = List.of(
            List.of("bool", "true", "false"),
            List.of("int2", "-32768", "32767"),
            List.of("int8", "-9223372036854775808", "9223372036854775807"),
            List.of("float4", "'NaN'", "'-Infinity'", "'-0.0'", "1.17549435e-38", "3.4028235e38", "0.1"),
            List.of(
                    "float8",
                    "'NaN'",
                    "'Infinity'",
                    "'-0.0'",
                    "5e-324",
                    "1.7976931348623157e308",
                    "0.1::float8 + 0.2::float8"),
            List.of(
                    "numeric",
                    "'NaN'",
                    "1.500",
                    "0.000",
                    "12345678901234567890123456789.0123456789012345678901234567890",
                    "1e-20"),
            List.of("numeric(12,4)", "1.5", "-12345678.1234"),
            List.of("money", "'1234567.89'", "'-0.01'"),
            List.of("text", "''", "E'a\\nb\\tc\\\\d\"e''f\\u20ac\\001'", "'null'", "E'\\r\\n'", "'{\"a\": 1}'"),
            List.of("varchar(5)", "'ab   '", "'  '"),
            List.of("char(5)", "'ab'", "''", "'ab  '"),
            List.of("\"char\"", "'x'", "''", "'\"'"),
            List.of("name", "'a \"name\"'"),
            List.of("bytea", "'\\x00ff5c27'", "''", "E'\\\\x5c5c'"),
            List.of("date", "'infinity'", "'-infinity'", "'0044-03-15 BC'", "'5874897-12-31'", "'2024-02-03'"),
            List.of("time", "'24:00:00'", "'00:00:00.000001'"),
            List.of("timetz", "'12:00:00.5+05:30'", "'24:00:00-15:59:59'"),
            List.of(
                    "timestamp",
                    "'infinity'",
                    "'0044-03-15 12:00:00.123456 BC'",
                    "'294276-12-31 23:59:59.999999'",
                    "'2024-02-03'"),
            List.of(
                    "timestamptz",
                    "'-infinity'",
                    "'4713-01-01 00:00:00+00 BC'",
                    "'1884-01-01 00:00:00 America/New_York'",
                    "'2024-10-27 01:30:00+00'"),
            List.of(
                    "interval",
                    "'-1 mons +2 days -03:04:05.6'",
                    "'1 year 2 mons -3 days'",
                    "'-1 day -02:03'",
                    "'178000000 years'",
                    "'0'"),
            List.of("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"),
            List.of("bit(4)", "b'1010'"),
            List.of("varbit", "b''", "b'10101'"),
            List.of("inet", "'10.0.0.1'", "'10.0.0.1/24'", "'::1'"),
            List.of("cidr", "'10.0.0.0/8'"),
            List.of("macaddr", "'08:00:2b:01:02:03'"),
            List.of(
                    "json",
                    "'null'",
                    "null",
                    "' {\"b\" : 1, \"a\":[1.0,  null], \"a\":2} '",
                    "'\"x\"'",
                    "E'[1,\\n 2]'"),
            List.of("jsonb", "'null'", "null", "'{\"b\": 1.00, \"a\": [null, \"\\\\u20ac\"]}'", "'\"x\"'", "'1e5'"),
            List.of("jsonpath", "'$.a[*] ? (@ > 1)'"),
            List.of("xml", "'<a b=\"1\">x &amp; <c/></a>'", "'text'"),
            List.of("tsvector", "'a:1A ''b c'':2 \"d'::tsvector"),
            List.of("tsquery", "'a & (b:* | !''c d'')'::tsquery"),
            List.of("point", "'(1.1,-0.0)'", "'(NaN,Infinity)'"),
            List.of("line", "'{1,2,3}'"),
            List.of("box", "'(2,2),(0.1,0.2)'"),
            List.of("path", "'[(0,0),(1,1)]'", "'((0,0),(1,1))'"),
            List.of("polygon", "'((0,0),(1,1),(1,0))'"),
            List.of("circle", "'<(0.1,0),1e-10>'"),
            List.of("pg_lsn", "'16/B374D848'"),
            List.of("regclass", "'public.q_mood'"),
            List.of("oid", "4294967295"),
            List.of("int4range", "'empty'", "'[1,10)'", "'(,)'"),
            List.of("tstzrange", "'[2024-01-01 00:00:00+00,infinity)'", "'[\"0044-01-01 00:00:00+00 BC\",)'"),
            List.of("daterange", "'[2024-01-01,)'"),
            List.of("span", "'(1.50,2.00]'"),
            List.of("int4[]", "'[0:1]={1,2}'", "'{}'", "'{{1,2},{3,null}}'", "'[-1:0][2:3]={{1,2},{3,4}}'"),
            List.of("text[]", "array['a,b', '{}', 'null', null, '', E'\\\\\"', ' x ']"),
            List.of("float8[]", "array['NaN'::float8, '-0.0', 0.1::float8 + 0.2::float8]"),
            List.of("timestamptz[]", "array['infinity'::timestamptz, '2024-01-01 00:00:00+00']"),
            List.of("interval[]", "array['-1 day -02:03'::interval]"),
            List.of("bytea[]", "array['\\xff'::bytea]"),
            List.of("jsonb[]", "array['null'::jsonb, null, '[1]']"),
            List.of("public.mood", "'so ''so\"'"),
            List.of("public.mood[]", "array['so ''so\"'::public.mood, null]"),
            List.of("public.small", "9", "null"),
            List.of("public.smalls", "array[1, 2]::public.smalls", "'[5:5]={3}'"),
            List.of(
                    "public.pair",
                    "row(1, 'a,\"b', 'happy')::public.pair",
                    "row(null, null, null)::public.pair",
                    "null"),
            List.of("public.pair[]", "array[row(1, '', null)::public.pair, null]"),
            List.of("public.odd", "row(1)::public.odd"),
            List.of("public.wink", "';)'"),
            List.of("public.hstore", "'a=>1, \"b c\"=>NULL, \"\"=>\"x\\\"\"'::public.hstore", "''::public.hstore"),
            List.of("public.citext", "'aA'::public.citext"));

    private static final List<String> KEYS = List.of(
            "float8|0.1::float8 + 0.2::float8|0.1",
            "numeric|1.0|1.00",
            "timestamptz|'2024-01-01 00:00:00+00'|'0044-01-01 00:00:00+00 BC'",
            "interval|'1 mon'|'30 days'",
            "bytea|'\\x00ff'|'\\x5c'",
            "char(4)|'a'|'b'",
            "int4[]|'[0:0]={1}'|'{1}'",
            "public.mood|'sad'|'happy'",
            "public.citext|'a'|'A'",
            "public.small|1|2",
            "public.pair|row(1, 'x', 'sad')::public.pair|row(1, 'y', 'sad')::public.pair",
            "int4range|'[1,2)'|'empty'",
            "inet|'10.0.0.1'|'10.0.0.1/8'",
            "uuid|'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'|'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'");

    @BeforeParameterizedClassInvocation
    static void makeTypes(int major) {
        capture.db.sql(TYPES);
        // PostgreSQL 13 tells the driver at once, which insists on ISO
        var odd = ODD.formatted(major == 13 ? "ISO" : "German", "on");
        capture.db.sql(odd);
        capture.db.sql(odd.replace("create schema elsewhere;", "")
                .replace("test.odd", "test.odder")
                .replace("standard_conforming_strings = on", "standard_conforming_strings = off"));
        capture.db.sql("create table q_mood (m mood)");
    }

    @Test
    void valuesOfEveryTypeArriveAsTheyWere() {
        capture.db.sql(each("create table t%d (id int primary key, v %s);"));
        capture.capture(IntStream.range(0, VALUES.size()).mapToObj(i -> "t" + i).toArray(String[]::new));
        odd(each("insert into public.t%d values %3$s;"));
        odder(each("update public.t%d set id = id + 100; update public.t%1$d set id = id + 100 where id = 101;"
                + "delete from public.t%1$d where id = 102;"));
        for (int i = 0; i < VALUES.size(); i++) {
            capture.assertReplayed("t" + i);
        }
    }

    /** Statements for each type: its number, name and values go into the form. */
    private static String each(String form) {
        return IntStream.range(0, VALUES.size())
                .mapToObj(i -> form.formatted(i, VALUES.get(i).get(0), rows(VALUES.get(i))))
                .collect(Collectors.joining("\n"));
    }

    private static void odd(String statements) {
        capture.db.sql("select test.odd(?)", statements);
    }

    /** As {@link #odd}, with backslashes in strings being escapes. */
    private static void odder(String statements) {
        capture.db.sql("select test.odder(?)", statements);
    }

    private static String rows(List<String> values) {
        return IntStream.range(1, values.size())
                .mapToObj(i -> "(" + i + ", " + values.get(i) + ")")
                .collect(Collectors.joining(", "));
    }

    static List<String> keys() {
        return KEYS;
    }

    @ParameterizedTest
    @MethodSource("keys")
    void keysOfEveryTypeAreFoundAgain(String key) {
        var parts = key.split("\\|");
        var table = "k" + KEYS.indexOf(key);
        capture.table(table, "(v %s primary key, n int)".formatted(parts[0]));
        odd("insert into public.%s values (%s, 1)".formatted(table, parts[1]));
        odd("update public.%s set v = %s".formatted(table, parts[2]));
        capture.assertReplayed(table);
        odder("delete from public." + table);
        capture.assertReplayed(table);
        assertThat(capture.events(table)).hasSize(3);
    }

    @Test
    void textDoesNotDependOnTheSession() {
        capture.table("texts", "(id int primary key, t timestamptz, i interval, b bytea, f float8)");
        var insert =
                "insert into public.texts values (%d, '2024-01-01 00:00:00+00', '-1 day', '\\x00', 0.1::float8 + 0.2::float8)";
        capture.db.sql(insert.formatted(1));
        odd(insert.formatted(2));

        assertThat(capture.events("texts"))
                .containsExactly(
                        "I {\"id\":1,\"t\":\"2024-01-01T00:00:00+00:00\",\"i\":\"-1 days\",\"b\":\"\\\\x00\",\"f\":0.30000000000000004}",
                        "I {\"id\":2,\"t\":\"2024-01-01T00:00:00+00:00\",\"i\":\"-1 days\",\"b\":\"\\\\x00\",\"f\":0.30000000000000004}");
    }

    @Test
    void onlyRowsWhoseJsonWouldLoseSomethingCarryTheirRecordText() {
        capture.table(
                "plain", "(id int primary key, f float8, t timestamptz, b bytea, i interval, d small, r int4range)");
        capture.table("fancy", "(id int primary key, a int[])");
        capture.db.sql("insert into plain values (1); insert into fancy values (1, '{1}'); update fancy set id = 2");

        assertThat(capture.db.rows("select ev_extra3, ev_extra4 from pgq.event_1"
                        + " where ev_extra1 in ('public.plain', 'public.fancy') order by ev_id"))
                .containsExactly("null|null", "(1,{1})|null", "(2,{1})|(1,{1})");
    }

    @Test
    void generatedAndIdentityColumnsAreInTheEvent() {
        capture.table(
                "made",
                "(id int generated always as identity primary key, a int, b int generated always as (a * 2) stored, j json)");
        capture.db.sql("insert into made (a, j) values (1, '1'), (2, '2'); update made set a = 5 where id = 1");

        assertThat(capture.events("made")).last().isEqualTo("U {\"id\":1,\"a\":5,\"b\":10,\"j\":1}");
        capture.assertReplayed("made");
    }

    @Test
    void namesThatNeedQuotingAreQuoted() {
        var name = "\"S \"\"x'\\\".\"T $1 %s %I \"\"y\"\".é\"";
        capture.db.sql("create schema \"S \"\"x'\\\"");
        capture.table(
                name,
                "(\"K %\"\"'\" int, \"select\" text, \"n\" int, \"londiste\" int, primary key (\"K %\"\"'\", \"select\"))");
        odder("insert into " + name + " values (1, 'a', 1, 1), (2, 'b', 2, 2)");
        capture.db.sql("update " + name + " set \"K %\"\"'\" = 7, n = 9 where n = 1");
        capture.db.sql("delete from " + name + " where n = 2");
        capture.assertReplayed(name);
        capture.db.sql("truncate " + name);
        capture.assertReplayed(name);

        assertThat(capture.db.sql(
                        "select distinct (ev_type::json -> 'table') ->> 1, (ev_type::json -> 'pkey') ->> 0"
                                + " from pgq.event_1 where ev_extra1 = ?",
                        name))
                .isEqualTo("T $1 %s %I \"y\".é|K %\"'");
    }
}
