package io.londiste.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.londiste.change.TableName;
import io.londiste.config.Databases;
import io.londiste.db.Jdbc;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.error.LondisteException;
import io.londiste.sync.SyncOptions;
import io.londiste.sync.SyncPoints;
import io.londiste.sync.SyncedTable;
import io.londiste.sync.TableProgress;
import io.londiste.sync.WhereCondition;
import io.londiste.sync.WorkListener;
import io.londiste.test.ComparedJob;
import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(PostgresPair.class)
class CompareIT {
    private static final String TABLES = """
            create table one (id bigint primary key, v text, n numeric);
            create table name (name text primary key, v text);
            create table two (a int, b int, v text, primary key (a, b));
            create table bag (v text);
            create table part (id int primary key, v text) partition by range (id);
            create table part_1 partition of part for values from (0) to (1000);
            create table part_2 partition of part for values from (1000) to (100000);
            create table tree (id int primary key, v text);
            create table tree_1 () inherits (tree);
            create table tree_2 () inherits (tree_1)
            """;
    /** Enough for several pages each. */
    private static final String ROWS = """
            insert into one select i, md5(i::text), i / 7.0 from generate_series(1, 20000) i;
            insert into name select md5(i::text), 'v' || i from generate_series(1, 3000) i;
            insert into two select i % 3, i, 'v' || i from generate_series(1, 3000) i;
            insert into part select i, 'v' || i from generate_series(1, 3000) i;
            insert into tree_2 select i, 'v' || i from generate_series(1, 3000) i
            """;

    private Db provider;
    private Db subscriber;
    private ComparedJob compared;
    private Job job;

    @BeforeEach
    void replicate(@Provider Db provider, @Subscriber Db subscriber) throws SQLException {
        this.provider = provider;
        this.subscriber = subscriber;
        compared = new ComparedJob(provider, subscriber, TABLES, ROWS, "one", "name", "two", "part", "tree");
        job = compared.job();
    }

    @AfterEach
    void stop() throws SQLException {
        compared.close();
    }

    private List<Comparison> content(String... tables) {
        return compared.routes().compare(tables);
    }

    private static String summary(Comparison result) {
        return result.table().name() + " " + result.outcome() + " " + result.missing() + " " + result.extra() + " "
                + result.different();
    }

    @Test
    void tablesInSyncAreEqual() {
        assertThat(content())
                .extracting(CompareIT::summary)
                .containsExactly(
                        "one EQUAL 0 0 0",
                        "name EQUAL 0 0 0",
                        "two EQUAL 0 0 0",
                        "part EQUAL 0 0 0",
                        "tree EQUAL 0 0 0");
    }

    @Test
    void everyDifferenceIsFound() {
        subscriber.sql("""
                delete from one where id in (1, 777, 20000); update one set v = null where id = 5000;
                update one set n = n::numeric(30, 21) where id = 7; insert into one values (-5, '', 0), (30000, '', 0);
                update name set v = v || ' ' where v = 'v17'; delete from name where v = 'v18';
                insert into two values (1, 99999, 'x'); update two set v = '' where b = 3;
                delete from part where id = 2000; update part set v = 'V5' where id = 5;
                delete from tree where id in (1, 2)
                """);

        assertThat(content())
                .extracting(CompareIT::summary)
                .containsExactly(
                        "one DIFFERENT 3 2 2",
                        "name DIFFERENT 1 0 1",
                        "two DIFFERENT 0 1 1",
                        "part DIFFERENT 1 0 1",
                        "tree DIFFERENT 2 0 0");
    }

    @Test
    void writersThatNeverStopRaiseNoFalseAlarm() {
        var stop = new AtomicBoolean();
        var writer = CompletableFuture.runAsync(() -> {
            for (int i = 1; !stop.get(); i++) {
                provider.sql("update one set v = md5(v) where id %% 97 = %d; insert into one values (%d, 'new', 1);"
                                .formatted(i % 97, 100_000 + i)
                        + "delete from one where id = %d; update part set v = v || 'x' where id = %d"
                                .formatted(i, i % 3000));
            }
        });

        for (int i = 0; i < 20; i++) {
            assertThat(content()).as("comparison " + i).allSatisfy(result -> assertThat(result.outcome())
                    .as(result.toString())
                    .isEqualTo(Outcome.EQUAL));
        }
        assertThat(writer).isNotDone();
        stop.set(true);
        writer.join();
    }

    @Test
    void columnsOfOneSideAreLeftOutAndNamed() {
        provider.sql("alter table one add mine int default 1");
        subscriber.sql("alter table two add own int default 2");

        assertThat(content("one", "two"))
                .extracting(Comparison::outcome, Comparison::onlyOnProvider, Comparison::onlyOnSubscriber)
                .containsExactly(
                        tuple(Outcome.EQUAL, List.of("mine"), List.of()),
                        tuple(Outcome.EQUAL, List.of(), List.of("own")));
    }

    @Test
    void withoutAKeyRowsAreABag() {
        provider.sql("insert into bag select 'v' || i % 10 from generate_series(1, 2000) i");
        subscriber.sql("insert into bag select 'v' || i % 10 from generate_series(1, 2000) i order by random()");
        subscriber.sql("insert into londiste.subscriber_table (queue_name, table_name, merge_state)"
                + " values ('queue', 'public.bag', 'ok')");

        assertThat(content("bag")).extracting(CompareIT::summary).containsExactly("bag EQUAL 0 0 0");

        subscriber.sql("delete from bag where ctid in (select ctid from bag where v = 'v3' limit 2);"
                + "insert into bag values ('v4'), ('other')");

        assertThat(content("bag")).extracting(CompareIT::summary).containsExactly("bag DIFFERENT 2 2 0");
    }

    @Test
    void countingOnlyCounts() {
        subscriber.sql("update one set v = 'x'; delete from two where b = 3");

        assertThat(compared.routes().count())
                .extracting(Comparison::outcome)
                .containsExactly(Outcome.EQUAL, Outcome.EQUAL, Outcome.DIFFERENT, Outcome.EQUAL, Outcome.EQUAL);
    }

    @Test
    void aQueryOfOnesOwnMayTellMoreThanANumber() {
        var settings = job.with(
                        "compare_sql",
                        "select count(1) as cnt, sum(hashtext(t.*::text)) as sum from only _TABLE_ t where to_jsonb(t) ? 'id'")
                .settings();
        subscriber.sql("update one set v = 'x' where id = 7");

        try (var own = new ComparisonRoutes(settings)) {
            assertThat(own.count("one", "two"))
                    .extracting(Comparison::outcome)
                    .containsExactly(Outcome.DIFFERENT, Outcome.EQUAL);
        }
    }

    @Test
    void aTableThatIsNotInSyncCannotBeTold() {
        job.stop();
        subscriber.sql(
                "update londiste.subscriber_table set merge_state = 'catching-up' where table_name = 'public.two'");
        subscriber.sql("drop table name");
        job.start();

        var results = content("one", "name", "two");

        assertThat(results.get(0).outcome()).isEqualTo(Outcome.EQUAL);
        assertThat(results.get(1).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(results.get(1).problem()).contains("public.name").contains("does not exist");
        assertThat(results.get(1).inSync()).isTrue();
        assertThat(results.get(2).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(results.get(2).problem()).isEqualTo("not in sync: catching-up");
        assertThat(results.get(2).inSync()).isFalse();
    }

    @Test
    void aReplayThatIsHeldUpCancelsTheComparisonAndContinues() throws SQLException {
        var impatient = job.with("lock_timeout", "1").settings();
        try (var locking = subscriber.connect();
                var routes = new ComparisonRoutes(impatient)) {
            locking.setAutoCommit(false);
            locking.createStatement().execute("lock table one in share mode");
            provider.sql("update one set v = 'late' where id = 1");

            assertThatThrownBy(() -> routes.compare("two"))
                    .isInstanceOf(LondisteException.class)
                    .hasMessageMatching(
                            "the replay of job did not come to tick \\d+ within 1.0 s \\(lock_timeout\\): it is at"
                                    + " tick \\d+, [0-9.]+ s behind; nothing is held up any more");
            assertThat(subscriber.number("select count(*) from londiste.barrier"))
                    .isZero();
            locking.rollback();
        }
        job.awaitReplay();
        assertThat(content("one", "two")).extracting(Comparison::outcome).containsOnly(Outcome.EQUAL);
    }

    @Test
    void withoutAReplayThereIsNoMomentToCompare() throws SQLException {
        compared.unlockReplay();

        assertThatThrownBy(this::content)
                .isInstanceOf(LondisteException.class)
                .hasMessageContaining("no replay of job runs; start it");

        var forced = compared.routes().compare(new SyncOptions(false, true, null), "one");
        assertThat(forced).extracting(Comparison::outcome).containsExactly(Outcome.EQUAL);
    }

    @Test
    void aBarrierWhoseMakerHasGoneHoldsTheReplayNoLongerThanItsTime() {
        long next = provider.number("select max(tick_id) + 1 from pgq.tick");
        subscriber.sql("select londiste.set_barrier('job', ?, '1 second')", next);
        provider.sql("insert into one values (50000, 'behind the barrier', 0)");

        job.awaitReplay();

        assertThat(content("one")).extracting(Comparison::outcome).containsExactly(Outcome.EQUAL);
    }

    @Test
    void theReplayContinuesIfItsHolderEndsWhileTheServerComputes() throws SQLException {
        Assumptions.assumeTrue(
                subscriber.number("select current_setting('server_version_num')::int") >= 140000,
                "PostgreSQL 13 does not look after its client meanwhile");
        var points = points();
        var holding = new CompletableFuture<Connection>();
        var stood = CompletableFuture.runAsync(() -> points.whileReplayWaits((provider, subscriber) -> {
            holding.complete(subscriber);
            Jdbc.execute(subscriber, "select pg_sleep(600)");
            return null;
        }));
        var held = holding.join();
        Awaitility.await()
                .until(() -> subscriber.number("select count(*) from pg_stat_activity"
                                + " where datname = current_database() and state = 'active' and query like '%(600)'")
                        == 1);
        provider.sql("update one set v = 'later' where id = 1");

        held.abort(Runnable::run);

        assertThat(stood).failsWithin(Duration.ofSeconds(30));
        job.awaitReplay();
    }

    @Test
    void aTableThatIsTruncatedMeanwhileIsNotTakenForDifferent() {
        var points = points();
        try (var point = points.take(List.of(), false);
                var threads = new ScanThreads(new DefaultCamelContext(), 1)) {
            provider.sql("truncate one, part_2, tree_2; alter table two alter b type bigint");
            for (var table : List.of("one", "part", "tree", "two")) {
                var synced = new SyncedTable(
                        point,
                        TableName.parse(table),
                        null,
                        new WhereCondition(null),
                        new TableProgress(WorkListener.NONE, 0));
                var comparison = new TableComparison(synced, Hash.both(point), threads, DifferingRows.COUNTED);
                assertThatThrownBy(comparison::digest)
                        .as(table)
                        .hasMessage("was truncated or rewritten while it was compared; compare it again");
            }
        }
    }

    private SyncPoints points() {
        var settings = job.settings();
        return new SyncPoints(
                settings,
                Databases.provider(settings, provider.dataSource()),
                Databases.subscriber(settings, subscriber.dataSource()));
    }

    /** Records what is reported. */
    private static final class Watcher implements WorkListener {
        private final List<Long> begun = new CopyOnWriteArrayList<>();
        private final List<Long> done = new CopyOnWriteArrayList<>();

        @Override
        public void begin(long rows) {
            begun.add(rows);
        }

        @Override
        public void done(long rows) {
            done.add(rows);
        }
    }

    private static long sum(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void largeTablesAreComparedInPartsAndProgressIsReported() throws SQLException {
        var large = "create table large (id int primary key, v text); alter table large alter v set storage plain";
        provider.sql(large);
        subscriber.sql(large);
        provider.sql("insert into large select i, repeat('x', 3500) from generate_series(1, 12000) i; analyze large");
        job.add("large").awaitOk();
        var watcher = new Watcher();
        try (var watched = new ComparisonRoutes(job.settings(), 3, watcher)) {
            assertThat(watched.compare("large")).extracting(CompareIT::summary).containsExactly("large EQUAL 0 0 0");
            assertThat(watcher.begun).containsExactly(12_000L);
            assertThat(watcher.done).hasSizeGreaterThanOrEqualTo(4);
            assertThat(sum(watcher.done)).isEqualTo(12_000);

            subscriber.sql("delete from large where id in (1, 12000); update large set v = '' where id = 6000");

            assertThat(watched.compare("large"))
                    .extracting(CompareIT::summary)
                    .containsExactly("large DIFFERENT 2 0 1");
            assertThat(watcher.begun).hasSize(3);
            assertThat(sum(watcher.done)).isEqualTo(sum(watcher.begun));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"part", "tree"})
    void theTablesOfATreeAreComparedInPartsTogether(String name) throws SQLException {
        provider.sql("insert into " + name + " select i, 'v' from generate_series(10001, 12000) i");
        job.awaitReplay();
        long size = provider.number("select (sum(pg_relation_size(member)) / 8192)::bigint from londiste.tree('" + name
                + "'::regclass) where leaf");
        try (var connection = provider.connect()) {
            for (var pages : new long[] {1, 3, 1000}) {
                var parts = PageRanges.of(connection, TableName.parse(name), pages);
                long rows = 0;
                for (var part : parts) {
                    rows += provider.number("select count(*) from " + name + " where " + part);
                }
                assertThat(parts).as("parts of " + pages + " pages").hasSize((int) Math.max(1, size / pages));
                assertThat(rows).as("rows in all of them").isEqualTo(5000);
            }
        }
    }

    @Test
    void manyPiecesThatDifferAreGoneThroughInBoundedMemory() {
        provider.sql("insert into bag select 'v' || i from generate_series(1, 30000) i");
        subscriber.sql("insert into bag select 'v' || -i from generate_series(1, 20000) i");
        subscriber.sql("insert into londiste.subscriber_table (queue_name, table_name, merge_state)"
                + " values ('queue', 'public.bag', 'ok')");
        subscriber.sql("update one set v = '' where id % 10 = 0");

        assertThat(content("one", "bag"))
                .extracting(CompareIT::summary)
                .containsExactly("one DIFFERENT 0 0 2000", "bag DIFFERENT 30000 20000 0");
    }

    @Test
    void aRoleThatTicksAndReadsTheTablesIsEnoughOnTheProvider() throws SQLException {
        var role = provider.role("reader", "login password 'secret' in role pgq_admin");
        provider.sql("grant select on one to " + role);
        var settings = job.with(
                        "provider_db",
                        provider.libpq()
                                .replace("user=" + provider.user(), "user=" + role)
                                .replace(provider.password(), "secret"))
                .settings();
        try (var reading = new ComparisonRoutes(settings)) {
            var results = reading.compare("one", "two");

            assertThat(results.get(0).outcome()).isEqualTo(Outcome.EQUAL);
            assertThat(results.get(1).problem())
                    .contains("user " + role + " lacks a privilege: permission denied for table two");
        }
    }

    @Test
    void lockingTheTablesIsTheClassicWay() {
        var results = compared.routes().compare(new SyncOptions(true, false, null), "one", "two");

        assertThat(results).extracting(Comparison::outcome).containsOnly(Outcome.EQUAL);
        assertThat(provider.number(
                        "select count(*) from pg_locks where mode = 'ShareLock' and relation = 'one'::regclass"))
                .isZero();
    }
}
