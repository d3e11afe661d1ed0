package io.londiste.repair;

import static io.londiste.test.OddNames.identifier;
import static io.londiste.test.OddNames.literal;
import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.digest.Comparison;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.OddNames;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables whose names, and whose columns', indexes', constraints' and triggers' names, would be code if they were not quoted:
 * they are copied, replayed, guarded, compared and repaired like others.
 */
@ExtendWith(PostgresPair.class)
class OddNamesIT {
    @TempDir
    Path directory;

    /** Table {@code n.n}, of which everything is called {@code n}, and a child table. */
    private static String tables(String name) {
        var n = identifier(name);
        var table = n + "." + n;
        var comment = " is " + literal(name) + ";";
        return "create schema " + n + ";"
                + "create table " + table + " (" + n + " int constraint " + identifier("key " + short_(name))
                + " primary key, a text check (a <>" + literal(name) + "));"
                + "create table " + n + ".child (" + n + " int primary key, p int, constraint " + n
                + " foreign key (p) references " + table + ");"
                + "comment on constraint " + n + " on " + n + ".child" + comment
                + "create index " + identifier("i" + short_(name)) + " on " + table + " ((a ||" + literal(name)
                + ")) where a <>"
                + literal(name) + ";"
                + "comment on index " + n + "." + identifier("i" + short_(name)) + comment
                + "create trigger " + n + " before insert on " + table + " for each row when (new.a =" + literal(name)
                + ") execute function suppress_redundant_updates_trigger(" + literal(name) + ");"
                + "comment on trigger " + n + " on " + table + comment;
    }

    /** So that a prefix fits into the 63 bytes. */
    private static String short_(String name) {
        return name.length() > 30 ? name.substring(0, 20) : name;
    }

    private static String rows(String table) {
        return "select coalesce(string_agg(r::text, ' ' order by r::text), '') from " + table + " as r";
    }

    @Test
    void oddNamesAreNothingButNames(@Provider Db provider, @Subscriber Db subscriber) throws Exception {
        try (var job = new Job(provider, subscriber)) {
            for (var name : OddNames.ALL) {
                provider.sql(tables(name));
                subscriber.sql(tables(name));
                var table = identifier(name) + "." + identifier(name);
                provider.sql("insert into " + table + " values (1, 'one'), (2, 'two')");
                subscriber.sql("select londiste.subscriber_drop_triggers(londiste.canonical(" + literal(table) + "))");
                job.add(table, identifier(name) + ".child");
                subscriber.sql("select londiste.subscriber_guard('queue', londiste.canonical(" + literal(table) + "))");
            }
            job.start().awaitOk();
            for (var name : OddNames.ALL) {
                var n = identifier(name);
                provider.sql("insert into " + n + "." + n + " values (3,'x'); update " + n + "." + n + " set " + n
                        + " = 4, a ="
                        + literal(name + "!") + " where " + n + " = 1; delete from " + n + "." + n + " where " + n
                        + " = 2; insert into " + n + ".child values (1, 4)");
            }
            job.awaitReplay();
            for (var name : OddNames.ALL) {
                var table = identifier(name) + "." + identifier(name);
                assertThat(subscriber.sql(rows(table))).as(table).isEqualTo(provider.sql(rows(table)));
            }
            assertThat(job.states()).containsOnly("ok");

            assertRepaired(job, subscriber, provider);
        }
        for (var name : OddNames.ALL) {
            var table = identifier(name) + "." + identifier(name);
            subscriber.sql(
                    "set standard_conforming_strings = off; select londiste.subscriber_remove_table('queue', londiste.canonical("
                            + literal(table) + "))");
        }
        assertThat(structure(subscriber)).containsExactlyInAnyOrderElementsOf(structure(provider));
    }

    @SuppressWarnings("try") // the lock is only held
    private void assertRepaired(Job job, Db subscriber, Db provider) throws Exception {
        try (var lock = ComparisonRoutes.lockReplay(subscriber);
                var routes = new ComparisonRoutes(job.settings())) {
            for (var name : OddNames.ALL) {
                var n = identifier(name);
                subscriber.sql("set londiste.replay = 'on'; delete from " + n + "." + n + " where " + n
                        + " = 3; update " + n + "."
                        + n + " set a =" + literal("wrong " + name) + "; insert into " + n + "." + n + " values (9,"
                        + literal(name + "?") + ")");
            }
            var written = routes.write(directory, ComparisonRoutes.PLAIN);
            assertThat(written)
                    .extracting(Repaired::comparison)
                    .extracting(Comparison::outcome)
                    .doesNotContain(Outcome.UNKNOWN);
            for (var repaired : written) {
                if (repaired.file() != null) {
                    assertThat(repaired.statements()).isEqualTo(3);
                    assertRunsLineByLine(repaired.file(), subscriber);
                    var table = repaired.comparison().table().quoted();
                    assertThat(subscriber.sql(rows(table))).as(table).isEqualTo(provider.sql(rows(table)));
                }
            }
            assertThat(written).filteredOn(repaired -> repaired.file() != null).hasSameSizeAs(OddNames.ALL);

            for (var name : OddNames.ALL) {
                var n = identifier(name);
                subscriber.sql(
                        "set londiste.replay = 'on'; update " + n + "." + n + " set a =" + literal("again " + name));
            }
            assertThat(routes.apply(directory, ComparisonRoutes.PLAIN))
                    .extracting(Repaired::comparison)
                    .filteredOn(comparison -> comparison.outcome() == Outcome.DIFFERENT)
                    .hasSameSizeAs(OddNames.ALL);
            assertThat(routes.apply(directory, ComparisonRoutes.PLAIN))
                    .extracting(Repaired::comparison)
                    .extracting(Comparison::outcome)
                    .containsOnly(Outcome.EQUAL);
        }
    }

    /** Each line is a whole statement, also for a session that reads strings the old way. */
    private static void assertRunsLineByLine(Path file, Db subscriber) throws IOException, SQLException {
        try (var connection = subscriber.connect();
                var statement = connection.createStatement()) {
            statement.execute("set londiste.replay = 'on'; set standard_conforming_strings = off");
            statement.setEscapeProcessing(false);
            for (var line : Files.readAllLines(file)) {
                statement.execute(line);
            }
        }
    }

    /** Indexes, triggers, keys and their comments. */
    private static List<String> structure(Db db) {
        return db.rows("""
                with ours as (select * from pg_namespace
                               where nspname not in ('pgq', 'londiste', 'pg_catalog', 'pg_toast', 'information_schema'))
                select pg_get_indexdef(indexrelid), obj_description(indexrelid, 'pg_class')
                  from pg_index i join pg_class c on c.oid = indrelid join ours n on n.oid = relnamespace
                 union all
                select pg_get_triggerdef(t.oid), obj_description(t.oid, 'pg_trigger')
                  from pg_trigger t join pg_proc p on p.oid = tgfoid where proname = 'suppress_redundant_updates_trigger'
                 union all
                select conrelid::regclass || ' ' || pg_get_constraintdef(c.oid), obj_description(c.oid, 'pg_constraint')
                  from pg_constraint c join ours n on n.oid = connamespace where contype in ('p', 'f')
                """);
    }
}
