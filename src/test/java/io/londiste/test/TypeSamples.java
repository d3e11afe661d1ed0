package io.londiste.test;

import java.util.List;
import java.util.stream.Stream;

/** Types and values of them that are easily lost on the way, as SQL. */
public final class TypeSamples {
    /** Own types, in a schema that is on no search path. */
    public static final String OWN_TYPES = """
            create schema types;
            create extension hstore schema types; create extension citext schema types;
            create type types.mood as enum ('sad', 'so ''so"', 'happy', '');
            create domain types.small as int check (value < 10);
            create domain types.smaller as types.small check (value < 5);
            create domain types.smalls as types.small[];
            create domain types.doc as json;
            create domain types.docs as jsonb check (value <> '0');
            create domain types.list as int[] check (array_length(value, 1) < 5);
            create domain types.code as char(4);
            create domain types.short as varchar(3)[];
            create type types.pair as (a int, "B b" text, m types.mood);
            create type types.nest as (p types.pair, ps types.pair[], j json, "T" timestamptz);
            create domain types.pairs as types.pair;
            create type types.span as range (subtype = numeric);
            create type types."Odd ""x" as (x int);
            create function types.odd_json(types."Odd ""x") returns json language sql as $$ select '"lost"'::json $$;
            create cast (types."Odd ""x" as json) with function types.odd_json(types."Odd ""x");
            create type types.wink as enum (';)');
            create function types.wink_json(types.wink) returns json language sql as $$ select '{"lost": true}'::json $$;
            create cast (types.wink as json) with function types.wink_json(types.wink);
            create table types.thing (id int);
            create function types.act(int) returns int language sql as 'select 1';
            """;

    /**
     * A type and values of it.
     *
     * @param since the first major version that has the type and all the values
     */
    public record Sample(int since, String type, List<String> values) {}

    private static Sample sample(String type, String... values) {
        return new Sample(13, type, List.of(values));
    }

    private static Sample since14(String type, String... values) {
        return new Sample(14, type, List.of(values));
    }

    /** Types whose values survive JSON as it is. */
    public static final List<Sample> PLAIN = List.of(
            sample("bool", "true", "false"),
            sample("int2", "-32768", "32767"),
            sample("int4", "-2147483648", "2147483647"),
            sample("int8", "-9223372036854775808", "9223372036854775807"),
            sample("float4", "'NaN'", "'-Infinity'", "'-0.0'", "1.17549435e-38", "3.4028235e38", "0.1"),
            sample(
                    "float8",
                    "'NaN'",
                    "'Infinity'",
                    "'-0.0'",
                    "5e-324",
                    "1.7976931348623157e308",
                    "0.1::float8 + 0.2::float8"),
            sample("numeric", "'NaN'", "1.500", "0.000", "-1e-20", "10::numeric ^ 1500 + 0.5", "1e-1200"),
            since14("numeric", "'Infinity'", "'-Infinity'"),
            sample("numeric(12,4)", "1.5", "-12345678.1234", "0"),
            sample("money", "'1234567.89'", "'-0.01'", "'-92233720368547758.08'"),
            sample(
                    "text",
                    "''",
                    "E'a\\nb\\tc\\\\d\"e''f\\u20ac\\001\\b\\f\\r\\177'",
                    "'null'",
                    "E'\\r\\n\\\\.\\n\\\\N'",
                    "'{\"a\": [1}'",
                    "E' \\U0001F600\\u2028\\ufeff\\uffff '"),
            sample("varchar(5)", "'ab   '", "'  '", "''"),
            sample("char(5)", "'ab'", "''", "' ab  '", "E'\\u20ac'"),
            sample("bpchar", "'no limit  '"),
            sample("\"char\"", "'x'", "''", "'\"'", "'\\'"),
            sample("name", "'a \"name\"'"),
            sample("bytea", "'\\x00ff5c27220a'", "''", "E'\\\\x5c5c'", "sha512('')"),
            sample("date", "'infinity'", "'-infinity'", "'0044-03-15 BC'", "'5874897-12-31'", "'2024-02-03'"),
            sample("time", "'24:00:00'", "'00:00:00.000001'"),
            sample("time(2)", "'12:34:56.789'"),
            sample("timetz", "'12:00:00.5+05:30'", "'24:00:00-15:59:59'"),
            sample(
                    "timestamp",
                    "'infinity'",
                    "'0044-03-15 12:00:00.123456 BC'",
                    "'294276-12-31 23:59:59.999999'",
                    "'2024-02-03'"),
            sample("timestamp(0)", "'2024-02-03 23:59:59.6'"),
            sample(
                    "timestamptz",
                    "'-infinity'",
                    "'4713-01-01 00:00:00+00 BC'",
                    "'1884-01-01 00:00:00 America/New_York'",
                    "'2024-10-27 01:30:00+00'",
                    "'294276-12-31 23:59:59.999999+00'"),
            sample(
                    "interval",
                    "'-1 mons +2 days -03:04:05.6'",
                    "'1 year 2 mons -3 days'",
                    "'-1 day -02:03'",
                    "'178000000 years'",
                    "'0'",
                    "'-00:00:00.000001'"),
            sample("interval hour to minute", "'5 hours 6 minutes'"),
            sample("interval second(1)", "'0.25 seconds'"),
            sample("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"),
            sample("bit(4)", "b'1010'"),
            sample("varbit", "b''", "b'10101'"),
            sample("inet", "'10.0.0.1'", "'10.0.0.1/24'", "'::1'"),
            sample("cidr", "'10.0.0.0/8'"),
            sample("macaddr", "'08:00:2b:01:02:03'"),
            sample("macaddr8", "'08:00:2b:01:02:03:04:05'"),
            sample("jsonpath", "'$.a[*] ? (@ > 1 && @.b like_regex \"^x\\\\\\\\\")'"),
            sample(
                    "xml",
                    "'<a b=\"1\">x &amp; <c/></a>'",
                    "'text'",
                    "'<?xml version=\"1.0\" standalone=\"yes\"?><a/>'"),
            sample("tsvector", "'a:1A ''b c'':2 \"d \\\\\\\\e'::tsvector"),
            sample("tsquery", "'a & (b:* | !''c d'')'::tsquery"),
            sample("point", "'(1.1,-0.0)'", "'(NaN,Infinity)'"),
            sample("line", "'{1,2,3}'"),
            sample("lseg", "'[(0,0),(1e-300,1)]'"),
            sample("box", "'(2,2),(0.1,0.2)'"),
            sample("path", "'[(0,0),(1,1)]'", "'((0,0),(1,1))'"),
            sample("polygon", "'((0,0),(1,1),(1,0))'"),
            sample("circle", "'<(0.1,0),1e-10>'"),
            sample("pg_lsn", "'16/B374D848'"),
            sample("pg_snapshot", "'10:20:10,14,15'"),
            sample("xid8", "'18446744073709551615'"),
            sample("tid", "'(42,1)'"),
            sample("oid", "4294967295"),
            sample("regclass", "'types.thing'", "'pg_class'", "'-'"),
            sample("regtype", "'types.mood'", "'types.\"Odd \"\"x\"[]'"),
            sample("regproc", "'types.act'"),
            sample("regprocedure", "'types.act(int)'"),
            sample("regoperator", "'types.=(types.citext,types.citext)'"),
            sample("regnamespace", "'types'"),
            sample("regrole", "current_user::regrole"),
            sample("regconfig", "'english'"),
            sample("int4range", "'empty'", "'[1,10)'", "'(,)'"),
            sample("tstzrange", "'[2024-01-01 00:00:00+00,infinity)'", "'[\"0044-01-01 00:00:00+00 BC\",)'"),
            sample("daterange", "'[2024-01-01,)'"));

    /** Types that JSON alone would change. */
    public static final List<Sample> RICH = List.of(
            sample(
                    "json",
                    "'null'",
                    "null",
                    "' {\"b\" : 1, \"a\":[1.0,  null], \"a\":2} '",
                    "'\"x\"'",
                    "E'[1,\\n 2]'",
                    "'{\"\\u0000\": \"\\ud83d\"}'"),
            sample("jsonb", "'null'", "null", "'{\"b\": 1.00, \"a\": [null, \"\\\\u20ac\"]}'", "'\"x\"'", "'1e5'"),
            sample("int4[]", "'[0:1]={1,2}'", "'{}'", "'{{1,2},{3,null}}'", "'[-1:0][2:3]={{1,2},{3,4}}'"),
            sample("text[]", "array['a,b', '{}', 'null', null, '', E'\\\\\"', ' x ']", "'{{\"\"},{NULL}}'"),
            sample("char(3)[]", "array['a', '']"),
            sample("varchar(3)[]", "array['abc', 'd  ']"),
            sample("numeric(6,2)[]", "array[1, 1.5, 'NaN']"),
            sample("float8[]", "array['NaN'::float8, '-0.0', 0.1::float8 + 0.2::float8]"),
            sample("timestamptz[]", "array['infinity'::timestamptz, '2024-01-01 00:00:00+00']"),
            sample("interval[]", "array['-1 day -02:03'::interval]"),
            sample("bytea[]", "array['\\xff'::bytea, '']"),
            sample("json[]", "array['null'::json, null, ' [1] ']"),
            sample("jsonb[]", "array['null'::jsonb, null, '[1]']"),
            sample("money[]", "array['1.5'::money]"),
            sample("box[]", "'{(2,2),(0.1,0.2);(1,1),(0,0)}'"),
            sample("regclass[]", "array['types.thing']::regclass[]"),
            sample("int2vector", "'1 2 3'"),
            sample("oidvector", "'1 2 3'"),
            since14("int4multirange", "'{[1,3),[5,8)}'", "'{}'"),
            since14("tstzmultirange", "'{[2024-01-01 00:00:00+00,infinity)}'"),
            since14("int4multirange[]", "array['{[1,3),[5,8)}'::int4multirange, null]"),
            sample("types.mood", "'so ''so\"'", "''"),
            sample("types.mood[]", "array['so ''so\"'::types.mood, null, '']"),
            sample("types.small", "9", "null"),
            sample("types.smaller", "-4"),
            sample("types.smaller[]", "'[2:3]={1,NULL}'"),
            sample("types.smalls", "array[1, 2]::types.smalls", "'[5:5]={3}'"),
            sample("types.doc", "'null'", "null", "' {\"a\":1, \"a\" : 2}'", "'\"x\"'"),
            sample("types.doc[]", "array[' {}', 'null', null]::types.doc[]"),
            sample("types.docs", "'null'", "null", "'\"x\"'", "'1.00'"),
            sample("types.list", "'[0:1]={1,2}'", "null"),
            sample("types.code", "'a'", "''"),
            sample("types.short", "array['a', 'b  ']"),
            sample("types.pair", "row(1, 'a,\"b\\', 'happy')::types.pair", "row(null, null, null)::types.pair", "null"),
            sample("types.pair[]", "array[row(1, '', null)::types.pair, null]"),
            sample("types.pairs", "row(1, ' ( ', 'sad')::types.pair"),
            sample(
                    "types.nest",
                    "row(row(1, E'\\n', 'sad'), array[row(2, '\"', '')::types.pair, null], ' {\"a\" : null}', 'infinity')"
                            + "::types.nest",
                    "row(null, '{}', 'null', '2024-01-01 00:00:00+00')::types.nest"),
            sample("types.span", "'(1.50,2.00]'", "'empty'"),
            sample("types.\"Odd \"\"x\"", "row(1)::types.\"Odd \"\"x\"", "row(null)::types.\"Odd \"\"x\""),
            sample("types.\"Odd \"\"x\"[]", "array[row(1)::types.\"Odd \"\"x\"]"),
            sample("types.wink", "';)'"),
            sample("types.hstore", "'a=>1, \"b c\"=>NULL, \"\"=>\"x\\\"\"'::types.hstore", "''::types.hstore"),
            sample("types.hstore[]", "array['a=>\"b, c\"'::types.hstore]"),
            sample("types.citext", "'aA'::types.citext", "''"));

    /** Types that can be a primary key, each with two values. */
    public static final List<Sample> KEYS = List.of(
            sample("bool", "true", "false"),
            sample("int8", "9223372036854775807", "-1"),
            sample("float4", "0.1", "'-0.0'"),
            sample("float8", "0.1::float8 + 0.2::float8", "'NaN'"),
            sample("numeric", "1.00", "'NaN'"),
            sample("money", "'1.50'", "'-2'"),
            sample("text", "E'a\\n\\t\\\\\"'", "''"),
            sample("varchar(3)", "'a  '", "'a'"),
            sample("char(4)", "'a'", "''"),
            sample("\"char\"", "'x'", "''"),
            sample("name", "'a b'", "'c'"),
            sample("bytea", "'\\x00ff'", "''"),
            sample("date", "'0044-03-15 BC'", "'infinity'"),
            sample("timetz", "'12:00:00+01'", "'11:00:00+00'"),
            sample("timestamptz", "'2024-01-01 00:00:00+00'", "'0044-01-01 00:00:00+00 BC'"),
            sample("interval", "'-1 mon +3 days'", "'30 days 01:00'"),
            sample("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"),
            sample("varbit", "b''", "b'0'"),
            sample("inet", "'10.0.0.1'", "'10.0.0.1/8'"),
            sample("jsonb", "'null'", "'\"x\"'"),
            sample("tsvector", "'a:1'", "'b'"),
            sample("pg_lsn", "'1/2'", "'0/0'"),
            sample("regclass", "'types.thing'", "'pg_class'"),
            sample("int4range", "'[1,2)'", "'empty'"),
            since14("int4multirange", "'{[1,2)}'", "'{}'"),
            sample("int4[]", "'[0:0]={1}'", "'{1,NULL}'"),
            sample("text[]", "array[null, '']", "'{}'"),
            sample("types.mood", "'so ''so\"'", "''"),
            sample("types.small", "1", "2"),
            sample("types.code", "'a'", "''"),
            sample("types.list", "'{1}'", "'{}'"),
            sample("types.pair", "row(1, 'x', 'sad')::types.pair", "row(1, null, '')::types.pair"),
            sample("types.hstore", "'a=>1'::types.hstore", "'a=>NULL'::types.hstore"),
            sample("types.citext", "'aA'", "'b'"));

    private TypeSamples() {}

    /** Those that a major version has. */
    public static List<Sample> of(int major, List<Sample> samples) {
        return samples.stream().filter(s -> s.since <= major).toList();
    }

    /** All of them that a major version has. */
    public static List<Sample> all(int major) {
        return of(major, Stream.concat(PLAIN.stream(), RICH.stream()).toList());
    }
}
