package io.londiste.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.digest.Comparison.Outcome;
import io.londiste.sync.SyncOptions;
import io.londiste.test.ComparedJob;
import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(PostgresPair.class)
class RepairIT {
    private static final String TABLES = """
            create type mood as enum ('sad', 'so-so', 'happy');
            create table kinds (
              id int primary key, t text, n numeric, f float8, c char(8), b bytea, j json, jb jsonb, a text[], ts timestamptz,
              iv interval, m mood, x xml, p point, bo boolean, bp bpchar, ip inet, t2 text, i8 bigint generated always as (id * 2) stored);
            create table moved (id int primary key, place int not null unique);
            create table counted (id int generated always as identity primary key, v text);
            create table bag (v text)
            """;
    private static final String ROWS = """
            insert into kinds select i, 'text ' || i, i / 8.0, i / 3.0, 'c' || i, decode(md5(i::text), 'hex'), json_build_object('a', i),
              jsonb_build_object('b', i), array['x', i::text], timestamptz '2026-01-01 12:00+02' + i * interval '1 hour',
              i * interval '1 day 2 minutes', 'so-so', ('<a>' || i || '</a>')::xml, point(i, 1), i % 2 = 0, 'b' || i, '10.0.0.1', ''
              from generate_series(1, 5000) i;
            insert into moved select i, i from generate_series(1, 1000) i;
            insert into counted (v) select 'v' || i from generate_series(1, 100) i
            """;
    /** What differs, in a way that is easily missed. */
    private static final List<String> SUBTLE = List.of(
            "update kinds set t = '' where id = %d",
            "update kinds set t = null where id = %d",
            "update kinds set t = t || ' ' where id = %d",
            "update kinds set t = E'new\\nline and back\\\\slash, ''quoted''' where id = %d",
            "update kinds set t = U&'e\\0301' where id = %d",
            "update kinds set n = n::numeric(20, 10) where id = %d",
            "update kinds set f = f + 1e-12 where id = %d",
            "update kinds set f = 'NaN' where id = %d",
            "update kinds set b = b || '\\x00' where id = %d",
            "update kinds set j = ' {\"a\":1}' where id = %d",
            "update kinds set jb = 'null' where id = %d",
            "update kinds set a = '[0:1]={x,y}' where id = %d",
            "update kinds set a = array['x', null] where id = %d",
            "update kinds set ts = ts + interval '1 microsecond' where id = %d",
            "update kinds set iv = justify_days(iv + interval '40 days') where id = %d",
            "update kinds set m = 'happy' where id = %d",
            "update kinds set x = '<a/>' where id = %d",
            "update kinds set p = '(0,0)' where id = %d",
            "update kinds set bo = null where id = %d",
            "update kinds set bp = bp::text || ' ' where id = %d",
            "update kinds set ip = '10.0.0.1/8' where id = %d",
            "update kinds set t = '', t2 = t where id = %d",
            "update kinds set t = t || ',', t2 = null where id = %d",
            "delete from kinds where id = %d",
            "insert into kinds (id, t) values (%d + 100000, 'extra')");

    @TempDir
    Path directory;

    private Db provider;
    private Db subscriber;
    private ComparedJob compared;

    @BeforeEach
    void replicate(@Provider Db provider, @Subscriber Db subscriber) throws SQLException {
        this.provider = provider;
        this.subscriber = subscriber;
        compared = new ComparedJob(provider, subscriber, TABLES, ROWS, "kinds", "moved", "counted");
    }

    @AfterEach
    void stop() throws SQLException {
        compared.close();
    }

    private List<Repaired> apply(String... tables) {
        return compared.routes().apply(directory, ComparisonRoutes.PLAIN, tables);
    }

    private List<Repaired> write(String... tables) {
        return compared.routes().write(directory, ComparisonRoutes.PLAIN, tables);
    }

    private void assertEqual(String table) {
        var rows = "select t::text from " + table + " t order by 1";
        assertThat(subscriber.rows(rows)).as(table).isEqualTo(provider.rows(rows));
    }

    private String file(String name) throws IOException {
        return Files.readString(directory.resolve(name));
    }

    @Test
    void subtleDifferencesAtRandomAreAllFoundAndRepaired() {
        var random = new Random(4);
        var ids = random.ints(1, 5000)
                .distinct()
                .limit(SUBTLE.size() * 3L)
                .boxed()
                .toList();
        for (int i = 0; i < ids.size(); i++) {
            subscriber.sql(SUBTLE.get(i % SUBTLE.size()).formatted(ids.get(i)));
        }

        var found = apply("kinds").get(0);

        assertThat(found.comparison().missing()).isEqualTo(3);
        assertThat(found.comparison().extra()).isEqualTo(3);
        assertThat(found.comparison().different()).isEqualTo(ids.size() - 6L);
        assertThat(found.statements()).isEqualTo(ids.size());
        assertEqual("kinds");
        assertThat(apply("kinds").get(0).comparison().outcome()).isEqualTo(Outcome.EQUAL);
    }

    @Test
    void theFileRepairsTheTableWhenItIsRun() throws IOException {
        subscriber.sql("update kinds set t = E'two\\nlines' where id = 3; delete from kinds where id = 4;"
                + "insert into kinds (id) values (0)");

        var written = write("kinds", "moved");

        assertThat(written).extracting(Repaired::statements).containsExactly(3L, 0L);
        assertThat(written.get(0).file()).isEqualTo(directory.resolve("fix.public.kinds.sql"));
        assertThat(directory.resolve("fix.public.moved.sql")).doesNotExist();
        assertThat(directory).isDirectoryNotContaining("glob:**.new");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(written.get(0).file())))
                .isEqualTo("rw-------"); // it contains rows
        assertThat(file("fix.public.kinds.sql").lines())
                .hasSize(6)
                .startsWith("set client_encoding = 'UTF8';", "begin;")
                .endsWith("commit;")
                .anySatisfy(line -> assertThat(line)
                        .isEqualTo(
                                "update only \"public\".\"kinds\" set \"t\" = 'text 3' where \"id\" = '3' and \"t\" ="
                                        + " E'two\\nlines';"));
        assertThat(subscriber.number("select count(*) from kinds where id = 0")).isEqualTo(1);

        subscriber.sql(file("fix.public.kinds.sql"));

        assertEqual("kinds");
        assertThat(write("kinds")).extracting(Repaired::file).containsOnlyNulls();
        assertThat(directory.resolve("fix.public.kinds.sql")).doesNotExist();
    }

    @Test
    void uniqueValuesThatMovedAreRepaired() {
        subscriber.sql("update moved set place = -id; update moved set place = 1001 - id");

        assertThat(apply("moved").get(0).comparison().different()).isEqualTo(1000);

        assertEqual("moved");
    }

    @Test
    void identitiesAreKept() {
        subscriber.sql("delete from counted where id in (7, 8); update counted set v = 'x' where id = 9");

        apply("counted");

        assertEqual("counted");
    }

    @Test
    void onlyRowsOfTheConditionAreRepaired() {
        subscriber.sql("update moved set place = place + 5000");

        compared.routes().apply(directory, new SyncOptions(false, false, "id <= 10"), "moved");

        assertThat(subscriber.number("select count(*) from moved where place < 5000"))
                .isEqualTo(10);
    }

    @Test
    void rowsWithoutAKeyAreRefused() throws IOException {
        subscriber.sql(
                "insert into bag values ('x'); insert into londiste.subscriber_table (queue_name, table_name, merge_state)"
                        + " values ('queue', 'public.bag', 'ok')");

        var refused = apply("bag").get(0);

        assertThat(refused.comparison().outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(refused.comparison().problem()).contains("no primary key").contains("resync");
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    /** Tables that are made for one test. */
    private void replicate(String table, String ddl, String rows) {
        replicate(List.of(table), ddl, rows);
    }

    private void replicate(List<String> tables, String ddl, String rows) {
        compared.replicate(tables, ddl, rows);
    }

    @Test
    void whateverATableIsCalledItsFileIsInTheDirectory() throws IOException {
        replicate(
                "\"../Odd Name\"",
                "create table \"../Odd Name\" (id int primary key, \"a \"\" b\" text)",
                "insert into \"../Odd Name\" values (1, 'x')");
        subscriber.sql("update \"../Odd Name\" set \"a \"\" b\" = 'y'");

        apply("\"../Odd Name\"");

        assertThat(file("fix.public.%2E%2E%2FOdd%20Name.sql"))
                .contains("update only \"public\".\"../Odd Name\" set \"a \"\" b\" = 'x'");
        assertEqual("\"../Odd Name\"");
    }

    @Test
    void daemonsOfSeveralJobsWriteFilesOfTheirOwnIntoOneDirectory() throws IOException {
        subscriber.sql("update moved set place = -1 where id = 1");
        write("moved");
        for (var job : List.of("a", "a.public", "../b")) {
            compared.routes().write(directory, job, "moved");
        }

        var names = new String[] {
            "fix.public.moved.sql",
            "fix.a.public.moved.sql",
            "fix.a%2Epublic.public.moved.sql",
            "fix.%2E%2E%2Fb.public.moved.sql"
        };
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder(names);
        for (var name : names) {
            assertThat(file(name)).contains("values ('1', '1')");
        }

        apply("moved");
        compared.routes().write(directory, "a", "moved");

        assertThat(directory.resolve("fix.a.public.moved.sql")).doesNotExist();
        assertThat(directory.resolve("fix.a%2Epublic.public.moved.sql")).exists();
    }

    @Test
    void typesWithoutAnEqualityAreRepaired() {
        replicate(
                "rare",
                "create domain note as json; create type pairing as (a int, j json);"
                        + "create table rare (m mood, r int4range, n note, b pairing, js json[], e mood[], p polygon, primary key (m, r))",
                "insert into rare select 'sad', int4range(i, i + 1), '{}', row(i, '1')::pairing, '{1,2}', '{sad,happy}', '((0,0),(1,1))'"
                        + " from generate_series(1, 10) i");
        subscriber.sql(
                "update rare set n = '[]', b = row(0, '2')::pairing, js = '{}', e = null, p = '((0,0),(2,2))' where lower(r) < 4;"
                        + "delete from rare where lower(r) = 5; insert into rare (m, r, n, js) values ('happy', '[7,9]', '1', '{1}')");

        assertThat(apply("rare").get(0).statements()).isEqualTo(5);

        assertEqual("rare");
    }

    @Test
    void rowsThatOthersPointAtStayWhereTheyAre() {
        replicate(
                "parent",
                "create table parent (id int primary key, name text unique);"
                        + "create table child (id int primary key, parent int references parent on delete cascade)",
                "insert into parent values (1, 'a'), (2, 'b')");
        subscriber.sql("insert into child values (1, 1), (2, 2); update parent set name = 'x' where id = 1");

        apply("parent");

        assertEqual("parent");
        assertThat(subscriber.number("select count(*) from child")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "on delete cascade", "deferrable"})
    void tablesLinkedByForeignKeysAreRepairedTogether(String key) {
        replicate(
                List.of("child", "parent", "grandchild", "moved"),
                "create table parent (id int primary key, name text unique);"
                        + "create table child (id int primary key, parent int references parent " + key + ");"
                        + "create table grandchild (id int primary key, child int references child " + key + ")",
                "insert into parent select i, 'p' || i from generate_series(1, 2000) i;"
                        + "insert into child select i, i from generate_series(1, 2000) i;"
                        + "insert into grandchild select i, i from generate_series(1, 2000) i");
        // missing in all three, extra in all three, one whose parent is to go; and, unless the key takes rows along at
        // once, a name that has moved to an extra row
        subscriber.sql("delete from grandchild where id <= 700; delete from child where id <= 700;"
                + "delete from parent where id <= 700; insert into parent values (5000, '"
                + (key.contains("cascade") ? "p5000" : "p5") + "'), (5001, 'other');"
                + "insert into child values (5000, 5001); insert into grandchild values (5000, 5000);"
                + "update child set parent = 5001 where id = 1500; update moved set place = -1 where id = 1");

        var results = apply("child", "parent", "grandchild", "moved");

        assertThat(results)
                .extracting(result -> result.comparison().table().name() + " " + result.applied())
                .containsExactly("child true", "parent true", "grandchild true", "moved true");
        for (var table : List.of("parent", "child", "grandchild", "moved")) {
            assertEqual(table);
        }
    }

    @Test
    void treesAreRepairedWhateverTheOrderOfTheirRows() {
        replicate(
                "tree",
                "create table tree (id int primary key, above int references tree)",
                "insert into tree select i, nullif(i + 1, 1001) from generate_series(1000, 1, -1) i");
        subscriber.sql(
                "delete from tree where id <= 900; insert into tree values (2001, null), (2002, 2001), (2003, 2002)");

        assertThat(apply("tree").get(0).comparison().problem()).isNull();

        assertEqual("tree");
        assertThat(subscriber.number("select count(*) from pg_constraint where contype = 'f' and condeferrable"))
                .isZero();
    }

    @Test
    void ofTablesLinkedByForeignKeysAllOrNoneAreRepaired() {
        replicate(
                List.of("parent", "child"),
                "create table parent (id int primary key, name text);"
                        + "create table child (id int primary key, parent int references parent)",
                "insert into parent values (1, 'a'); insert into child values (1, 1)");
        subscriber.sql("update parent set name = 'x'; delete from child;"
                + "alter table child add own int; alter table child alter own set not null");

        assertThat(apply("parent", "child"))
                .extracting(repaired -> repaired.comparison().problem())
                .allSatisfy(problem -> assertThat(problem)
                        .contains("null value in column \"own\"")
                        .contains("; foreign keys link public.parent, public.child: none of these tables was changed"));
        assertThat(subscriber.number("select count(*) from parent where name = 'x'"))
                .isEqualTo(1);
    }

    @Test
    void partitionedTablesAreRepaired() {
        replicate(
                "part",
                "create table part (id int, v text, primary key (id)) partition by range (id);"
                        + "create table part_1 partition of part for values from (0) to (10);"
                        + "create table part_2 partition of part for values from (10) to (20)",
                "insert into part select i, 'v' from generate_series(1, 19) i");
        subscriber.sql("delete from part where id in (3, 13); update part set v = 'x' where id in (4, 14)");

        apply("part");

        assertEqual("part");
    }

    @Test
    void whatCannotBeRepairedIsReportedAndLeftAsItIs() {
        subscriber.sql(
                "alter table moved add own int; update moved set own = 0; alter table moved alter own set not null;"
                        + "delete from moved where id = 1; update moved set place = -3 where id = 3;"
                        + "alter table kinds drop i8, add i8 bigint generated always as (id * 3) stored");

        assertThat(apply("moved", "kinds"))
                .extracting(repaired -> repaired.comparison().problem())
                .satisfiesExactly(
                        moved -> assertThat(moved)
                                .contains("null value in column \"own\"")
                                .endsWith("; the statements are in " + directory.resolve("fix.public.moved.sql")),
                        kinds -> assertThat(kinds)
                                .isEqualTo("public.kinds: rows differ only in columns that are generated on the"
                                        + " subscriber: i8"));
        assertThat(subscriber.number("select place from moved where id = 3")).isEqualTo(-3);
    }

    @Test
    void aConditionThatIsNoneIsSaidInOneLine() {
        var wrong = compared.routes().write(directory, new SyncOptions(false, false, "id >"), "moved");

        assertThat(wrong.get(0).comparison().problem())
                .matches("(provider|subscriber) .*: syntax error at or near \"\\)\"");
    }

    @Test
    void guardedTablesAreRepairedToo() {
        subscriber.sql(
                "update moved set place = 0 where id = 1; select londiste.subscriber_guard('queue', 'public.moved')");

        apply("moved");

        assertEqual("moved");
    }

    @Test
    void newerRowsAreNeverOverwritten() {
        var stop = new AtomicBoolean();
        var writer = CompletableFuture.runAsync(() -> {
            for (int i = 1; !stop.get(); i++) {
                provider.sql("update kinds set t = 'newer %d' where id = %d; delete from kinds where id = %d;"
                                .formatted(i, i % 50 + 1, i % 5000)
                        + "insert into kinds (id, t) values (%d, 'new')".formatted(10_000 + i));
            }
        });

        for (int i = 0; i < 5; i++) {
            for (int id = 1; id <= 50; id += 5) {
                subscriber.sql(SUBTLE.get(id % 4).formatted(id));
                subscriber.sql("delete from kinds where id = " + (id + 1 + i));
            }
            assertThat(apply("kinds").get(0).comparison().problem()).isNull();
        }
        stop.set(true);
        writer.join();
        compared.job().awaitReplay();

        apply("kinds"); // the last planted differences may have been met by the replay only afterwards
        assertEqual("kinds");
    }
}
