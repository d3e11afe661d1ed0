package io.londiste.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.TypeSamples;
import io.londiste.test.TypeSamples.Sample;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A value arrives as it was, whatever its type and whatever settings the session has that writes it. */
@ParameterizedClass
@ValueSource(ints = {13, 15, 18})
class CaptureTypesIT extends CaptureFixture {
    /** Runs statements under settings that few sessions have. In a function, because the driver does not accept some of the settings. */
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

    /** Keys that are equal, yet not written alike: an update from one to the other changes the key. */
    private static final List<Sample> EQUAL_KEYS = List.of(
            new Sample(13, "numeric", List.of("1.0", "1.00")),
            new Sample(13, "interval", List.of("'1 mon'", "'30 days'")),
            new Sample(13, "types.citext", List.of("'a'", "'A'")));

    @BeforeParameterizedClassInvocation
    static void makeTypes(int major) {
        capture.db.sql(TypeSamples.OWN_TYPES);
        // PostgreSQL 13 reports a changed DateStyle to the driver, which accepts only ISO
        var odd = ODD.formatted(major == 13 ? "ISO" : "German", "on");
        capture.db.sql(odd);
        capture.db.sql(odd.replace("create schema elsewhere;", "")
                .replace("test.odd", "test.odder")
                .replace("standard_conforming_strings = on", "standard_conforming_strings = off"));
    }

    @Test
    void valuesOfEveryTypeArriveAsTheyWere() {
        capture.db.sql(each("create table t%d (id int primary key, v %s);"));
        int types = TypeSamples.all(major).size();
        capture.capture(IntStream.range(0, types).mapToObj(i -> "t" + i).toArray(String[]::new));
        odd(each("insert into public.t%d values %3$s;"));
        odder(each("update public.t%d set id = id + 100; update public.t%1$d set id = id + 100 where id = 101;"
                + "delete from public.t%1$d where id = 102;"));
        for (int i = 0; i < types; i++) {
            capture.assertReplayed("t" + i);
        }
    }

    /** Statements for each type: its number, name and values go into the form. */
    private String each(String form) {
        var samples = TypeSamples.all(major);
        return IntStream.range(0, samples.size())
                .mapToObj(i -> form.formatted(
                        i, samples.get(i).type(), rows(samples.get(i).values())))
                .collect(Collectors.joining("\n"));
    }

    private static void odd(String statements) {
        capture.db.sql("select test.odd(?)", statements);
    }

    /** Runs statements like {@link #odd}; backslashes in strings are escapes. */
    private static void odder(String statements) {
        capture.db.sql("select test.odder(?)", statements);
    }

    private static String rows(List<String> values) {
        return IntStream.range(0, values.size())
                .mapToObj(i -> "(" + (i + 1) + ", " + values.get(i) + ")")
                .collect(Collectors.joining(", "));
    }

    @Test
    void keysOfEveryTypeAreFoundAgain() {
        var keys = Stream.concat(TypeSamples.of(major, TypeSamples.KEYS).stream(), EQUAL_KEYS.stream())
                .toList();
        for (int i = 0; i < keys.size(); i++) {
            var key = keys.get(i);
            var table = "k" + i;
            capture.table(table, "(v %s primary key, n int)".formatted(key.type()));
            odd("insert into public.%s values (%s, 1)"
                    .formatted(table, key.values().get(0)));
            odd("update public.%s set v = %s".formatted(table, key.values().get(1)));
            capture.assertReplayed(table);
            odder("delete from public." + table);
            capture.assertReplayed(table);
            assertThat(capture.events(table)).as(key.type()).hasSize(3);
        }
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
                "plain",
                "(id int primary key, f float8, t timestamptz, b bytea, i interval, d types.small, r int4range)");
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
