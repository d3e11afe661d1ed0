package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.TypeSamples;
import io.londiste.test.TypeSamples.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A value of any type arrives as it was: by copy, as sets, in order, and as a key; between old and new versions; and
 * whatever settings the session has that writes it, and both databases have for all sessions.
 */
@ExtendWith(PostgresPair.class)
@ParameterizedClass
@CsvSource({"13, 18", "18, 13", "15, 18"})
class TypesIT {
    /** What all sessions get that do not ask for something else. */
    private static final String DATABASE = """
            do $$
            declare setting text;
            begin
              foreach setting in array array['IntervalStyle = sql_standard', 'bytea_output = escape',
                  'TimeZone = ''America/St_Johns''', 'extra_float_digits = -15', 'search_path = ''''', 'xmlbinary = hex',
                  'standard_conforming_strings = off', 'escape_string_warning = off', 'xmloption = document',
                  'array_nulls = off', 'quote_all_identifiers = on', 'DateStyle = ''ISO, DMY''']
              loop
                execute format('alter database %I set ', current_database()) || setting;
              end loop;
            end $$
            """;

    /** Runs statements in one transaction. In a function, because the driver does not accept some of the settings. */
    private static final String ODD = """
            create schema odd;
            create function odd.run(statements text) returns void language plpgsql
                set datestyle = '%s, DMY' set intervalstyle = sql_standard set bytea_output = escape
                set timezone = 'America/St_Johns' set extra_float_digits = -15 set search_path = ''
                set standard_conforming_strings = on set backslash_quote = off set xmlbinary = hex set xmloption = content
                set quote_all_identifiers = on set transform_null_equals = on set array_nulls = on
                set lc_monetary = 'C.UTF-8'
                as $$ begin execute statements; end $$
            """;

    private static final String FIXED =
            "set intervalstyle = postgres; set bytea_output = hex; set timezone = 'UTC'; set extra_float_digits = 1;"
                    + " set lc_monetary = 'C'; set datestyle = 'ISO, MDY'; set search_path = ''; ";

    private static final Map<String, List<Sample>> WIDE = Map.of("plain", TypeSamples.PLAIN, "rich", TypeSamples.RICH);

    private static Db provider;
    private static Db subscriber;
    private static Job job;
    private static int major;
    private static int rows;

    @Parameter(0)
    private int from;

    @Parameter(1)
    private int to;

    @BeforeParameterizedClassInvocation
    static void begin(int from, int to) {
        provider = PostgresPair.database(from);
        subscriber = PostgresPair.database(to);
        major = Math.min(from, to);
        rows = TypeSamples.all(major).stream()
                .mapToInt(s -> s.values().size())
                .max()
                .orElseThrow();
        subscriber.sql("create type public.filler as (x int)"); // the same types have other oids
        for (Db db : List.of(provider, subscriber)) {
            db.sql(DATABASE);
            db.sql(TypeSamples.OWN_TYPES);
            WIDE.forEach((name, samples) -> db.sql("create table public." + name
                    + columns(samples).stream()
                            .map(c -> c + " " + samples(samples).get(number(c)).type())
                            .collect(Collectors.joining(", ", " (id int primary key, u int unique, ", ")"))));
            db.sql(eachKey("create table public.key%1$d (v %2$s primary key, u int unique);"));
        }
        // PostgreSQL 13 reports a changed DateStyle to the driver, which accepts only ISO
        provider.sql(ODD.formatted(from == 13 ? "ISO" : "German"));
        odd(inserts(0));
        provider.sql("update public.plain set u = id where id < 3; update public.rich set u = id where id < 3");
        job = new Job(provider, subscriber).with("parallel_copies", "4");
        job.add("plain", "rich");
        job.add(IntStream.range(0, samples(TypeSamples.KEYS).size())
                .mapToObj(i -> "key" + i)
                .toArray(String[]::new));
        job.start().awaitOk();
    }

    @AfterParameterizedClassInvocation
    static void end() throws IOException {
        job.close();
        provider.close();
        subscriber.close();
    }

    @Test
    void valuesOfEveryTypeArriveAsTheyWere() {
        assertWideEqual("copied");

        odd(inserts(100));
        job.awaitReplay();
        assertWideEqual("inserted");

        odd(eachWide("update public.%1$s as t set %3$s from public.%1$s as s"
                + " where t.id between 101 and 199 and s.id between 101 and 199 and s.id %% " + rows
                + " = (t.id + 1) %% " + rows + ";"));
        job.awaitReplay();
        assertWideEqual("updated");

        odd(eachWide("update public.%1$s set id = id + 1000 where id <= 100; delete from public.%1$s where id = 105;"));
        job.awaitReplay();
        assertWideEqual("moved and deleted");

        assertThat(job.running().status().total().unexpected()).isZero();
    }

    @Test
    void valuesArriveInOrderToo() {
        odd(inserts(10_000));
        job.awaitReplay();
        for (int i = 1; i < rows; i++) {
            // two rows swap their unique values, which sets cannot; 16 changes are few enough to be made in order
            odd(eachWide("""
                    update public.%1$s set u = -u where u > 0; update public.%1$s set u = u + 3 where u < 0;
                    insert into public.%1$s select 11000 + nr, null%2$s from public.%1$s where id = 10000 + nr;
                    update public.%1$s as t set %3$s from public.%1$s as s where t.id = 11000 + nr and s.id = 10001 + nr;
                    update public.%1$s set id = 12000 + nr where id = 11000 + nr;
                    delete from public.%1$s where id = 12000 + nr - 2;
                    """.replace("nr", String.valueOf(i))));
            job.awaitReplay();
        }
        assertWideEqual("in order");
        for (String table : WIDE.keySet()) {
            assertThat(subscriber.sql(
                            "select count(distinct xmin::text) from public." + table + " where id > 12000 or u > 0"))
                    .as("one subtransaction for each change")
                    .isEqualTo("4");
        }
        assertThat(job.running().status().total().unexpected()).isZero();
    }

    @Test
    void keysOfEveryTypeAreFound() {
        odd(eachKey("insert into public.key%1$d values (%3$s, null);"));
        assertKeysEqual("inserted");

        odd(eachKey("update public.key%1$d set v = %4$s;"));
        assertKeysEqual("moved");

        odd(eachKey("update public.key%1$d set u = 2; insert into public.key%1$d values (%3$s, 1);"));
        assertKeysEqual("updated");

        odd(eachKey("update public.key%1$d set u = -u; update public.key%1$d set u = u + 3;"));
        assertKeysEqual("updated in order");

        odd(eachKey("update public.key%1$d set u = -u; delete from public.key%1$d where u = -1;"
                + " update public.key%1$d set v = %4$s, u = u + 3;"));
        assertKeysEqual("deleted and moved");

        odd(eachKey("delete from public.key%1$d;"));
        assertKeysEqual("deleted");
        assertThat(job.running().status().total().unexpected()).isZero();
    }

    private static List<Sample> samples(List<Sample> samples) {
        return TypeSamples.of(major, samples);
    }

    private static List<String> columns(List<Sample> samples) {
        return IntStream.range(0, samples(samples).size())
                .mapToObj(i -> "c" + i)
                .toList();
    }

    private static int number(String column) {
        return Integer.parseInt(column.substring(1));
    }

    /** One row for each place in the lists of values. */
    private static String inserts(int base) {
        List<String> statements = new ArrayList<>();
        WIDE.forEach((table, samples) -> {
            for (int i = 0; i < rows; i++) {
                int row = i;
                statements.add("insert into public." + table + " values (" + (base + i + 1) + ", null, "
                        + samples(samples).stream()
                                .map(s -> row < s.values().size() ? s.values().get(row) : "null")
                                .collect(Collectors.joining(", "))
                        + ");");
            }
        });
        return String.join("\n", statements);
    }

    /** Statements for both tables: name, columns and assignments from {@code s} go into the form. */
    private static String eachWide(String form) {
        return WIDE.entrySet().stream()
                .map(table -> form.formatted(
                        table.getKey(),
                        columns(table.getValue()).stream().map(c -> ", " + c).collect(Collectors.joining()),
                        columns(table.getValue()).stream()
                                .map(c -> c + " = s." + c)
                                .collect(Collectors.joining(", "))))
                .collect(Collectors.joining("\n"));
    }

    /** Statements for each type of keys: its number, name and both values go into the form. */
    private static String eachKey(String form) {
        List<Sample> keys = samples(TypeSamples.KEYS);
        return IntStream.range(0, keys.size())
                .mapToObj(i -> form.formatted(
                        i,
                        keys.get(i).type(),
                        keys.get(i).values().get(0),
                        keys.get(i).values().get(1)))
                .collect(Collectors.joining("\n"));
    }

    private static void odd(String statements) {
        provider.sql("select odd.run(?)", statements);
    }

    private static void assertWideEqual(String how) {
        WIDE.forEach((table, samples) -> {
            String values = columns(samples).stream()
                    .map(c -> "('%s %s', %1$s::text)"
                            .formatted(c, samples(samples).get(number(c)).type().replace("'", "")))
                    .collect(Collectors.joining(", "));
            String query =
                    FIXED + "select format('%s %s %s = ', id, u, v.name) || coalesce(v.value, 'NULL') from public."
                            + table + ", lateral (values " + values + ") as v (name, value) order by id, v.name";
            List<String> there = provider.rows(query);
            List<String> here = subscriber.rows(query);
            assertThat(here).as(how).hasSizeGreaterThan(rows).hasSameSizeAs(there);
            assertThat(IntStream.range(0, here.size())
                            .filter(i -> !here.get(i).equals(there.get(i)))
                            .mapToObj(i -> here.get(i) + " instead of " + there.get(i)))
                    .as(how)
                    .isEmpty();
        });
    }

    private static void assertKeysEqual(String how) {
        job.awaitReplay();
        String query = FIXED
                + eachKey("select '%2$s' as type, v::text as value, u from public.key%1$d union all")
                        .replaceAll("union all$", "order by type, value");
        assertThat(subscriber.rows(query)).as(how).isEqualTo(provider.rows(query));
    }
}
