package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.londiste.definition.Creation;
import io.londiste.digest.Comparison;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.error.LondisteException;
import io.londiste.repair.Repaired;
import io.londiste.subscriber.AddOptions;
import io.londiste.subscriber.Declaration;
import io.londiste.subscriber.Subscriber;
import io.londiste.sync.WorkListener;
import io.londiste.table.Selection;
import io.londiste.test.ComparisonRoutes;
import io.londiste.test.ReplicationFixture;
import io.londiste.test.SteadyWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that are partitioned by time on the subscriber, with and without a retention. */
class PartitionsIT extends ReplicationFixture {
    private static final String VISITS = "create table visit (id int primary key, at timestamptz not null, v text)";

    /** Rows of the last years come, change and go, and move between the months. */
    private static final String WRITE = """
            insert into visit select nextval('visit_id'), now() - random() * 1000 * interval '1 day', 'new' from generate_series(1, 5);
            update visit set at = now() - random() * 1000 * interval '1 day', v = 'moved'
             where id in (select 1 + (random() * (select last_value from visit_id))::int from generate_series(1, 3));
            update visit set v = 'changed ' || random() where id in (select 1 + (random() * (select last_value from visit_id))::int from generate_series(1, 3));
            delete from visit where id in (select 1 + (random() * (select last_value from visit_id))::int from generate_series(1, 2));
            select pg_sleep(0.01)""";

    @TempDir
    Path directory;

    private static AddOptions options(String partitionBy, String retention) {
        return options(
                Declaration.of(null, null, null, Map.of(), null, null, null, partitionBy, retention), Creation.FULL);
    }

    private static AddOptions options(Declaration declaration, Creation creation) {
        return new AddOptions(false, false, false, false, creation, declaration);
    }

    private void add(String table, AddOptions options) {
        provider.sql("select londiste.provider_add_table('queue', ?)", table);
        Subscriber.connected(job.settings(), side -> side.add(Selection.of(table), options));
    }

    private List<String> partitions(String table) {
        return subscriber.rows("select relid::text from pg_partition_tree(?) where isleaf order by 1", table);
    }

    private void awaitReason(String part) {
        await(part).until(() -> subscriber
                .rows("select reason from londiste.subscriber_table where reason is not null")
                .toString()
                .contains(part));
    }

    private static String rows(String table) {
        return "select * from " + table + " order by id";
    }

    private void keepFor(String retention) {
        subscriber.sql("update londiste.subscriber_table set retention = ?", retention);
    }

    @Test
    void eachPartitionIsMadeWhenItsFirstRowComes() throws Exception {
        provider.sql(VISITS + "; create index on visit (at); create unique index on visit (v)");
        provider.sql(
                "insert into visit values (1, '2024-01-31 23:59:59.999999+00', 'a'), (2, '2024-02-01 00:00+00', 'b')");
        add("visit", options("at:monthly", null));
        job.start().awaitOk();
        assertThat(partitions("visit")).containsExactly("visit_2024_01", "visit_2024_02");

        provider.sql(
                "insert into visit values (3, '2024-04-01 04:00+05:45', 'c'); update visit set at = '1999-12-31 12:00+00' where id = 1;"
                        + " update visit set id = 20, at = '2030-07-07 00:00+00' where id = 2");
        provider.sql(
                "insert into visit select i, timestamptz '2026-01-01 00:00+00' + i * interval '1 day', i::text from generate_series(101, 160) i");
        job.awaitReplay();

        assertThat(partitions("visit"))
                .containsExactly(
                        "visit_1999_12",
                        "visit_2024_01",
                        "visit_2024_02",
                        "visit_2024_03",
                        "visit_2026_04",
                        "visit_2026_05",
                        "visit_2026_06",
                        "visit_2030_07");
        assertThat(subscriber.rows(rows("visit"))).isEqualTo(provider.rows(rows("visit")));
        assertThat(
                        subscriber.sql(
                                "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'visit'::regclass and contype = 'p'"))
                .isEqualTo("PRIMARY KEY (id, at)");
        assertThat(subscriber.number("select count(*) from pg_indexes where tablename = 'visit_2030_07'"))
                .as("those of the table, without the unique one")
                .isEqualTo(2);
        assertCompareEqual("visit");
    }

    private void assertCompareEqual(String... tables) throws Exception {
        try (var lock = ComparisonRoutes.lockReplay(subscriber);
                var routes = new ComparisonRoutes(job.settings())) {
            assertThat(lock).isNotNull();
            assertThat(routes.compare(tables))
                    .extracting(Comparison::outcome, Comparison::problem)
                    .containsOnly(tuple(Outcome.EQUAL, null));
        }
    }

    @Test
    void periodsBeginInUtcWhateverTheTypeAndSession() throws Exception {
        for (var server : List.of(provider, subscriber)) {
            server.sql("alter database " + server.name() + " set timezone = 'Asia/Kathmandu'");
            server.sql("alter database " + server.name() + " set datestyle = 'German, DMY'");
        }
        var types = Map.of("h", "timestamptz", "d", "date", "w", "timestamp(0)", "y", "timestamptz");
        var periods = Map.of("h", "hourly", "d", "daily", "w", "weekly", "y", "yearly");
        types.forEach((table, type) -> {
            provider.sql("create table " + table + " (id int primary key, \"At\" " + type + " not null)");
            provider.sql(
                    "insert into " + table + " values (1, '2026-03-01 00:00:00+00'), (2, '0044-03-15 00:00+00 BC')");
            add(table, options("\"At\":" + periods.get(table), null));
        });
        job.start().awaitOk();
        types.keySet().forEach(table -> provider.sql("insert into " + table + " values (3, '2026-03-01 00:30:00+00')"));
        job.awaitReplay();

        assertThat(partitions("h")).containsExactly("h_0044_03_15_00_bc", "h_2026_03_01_00");
        assertThat(partitions("d")).containsExactly("d_0044_03_15_bc", "d_2026_03_01");
        assertThat(partitions("w")).containsExactly("w_0044_03_11_bc", "w_2026_02_23");
        assertThat(partitions("y")).containsExactly("y_0044_bc", "y_2026");
        types.keySet().forEach(table -> assertThat(subscriber.rows(rows(table))).isEqualTo(provider.rows(rows(table))));
    }

    @Test
    void partitionsThatAreThereAreUsed() throws Exception {
        provider.sql("create table t (id int primary key, at date not null, j jsonb default '{\"k\": 1}')");
        subscriber.sql("create table t (id int, at date, j jsonb, primary key (at, id)) partition by range (at);"
                + " create table old partition of t for values from (minvalue) to ('2025-01-01');"
                + " create table half partition of t for values from ('2026-06-16') to ('2026-07-01')");
        provider.sql("insert into t values (1, '2020-05-05'), (2, '2026-06-17'), (3, '2026-07-01');"
                + " insert into t values (5, '2021-01-01', '{}')");
        add(
                "t",
                options(
                        Declaration.of(null, "j ? 'k'", null, Map.of(), null, null, null, "at:monthly", null),
                        Creation.NONE));
        job.start().awaitOk();
        assertThat(partitions("t")).containsExactly("half", "old", "t_2026_07");

        provider.sql("insert into t values (4, '2026-06-01')");
        awaitReason("would overlap partition \"half\"");
    }

    @Test
    void aValueWithoutAPeriodStopsTheTable() throws Exception {
        provider.sql(VISITS + "; create table other (id int primary key)");
        subscriber.sql("create table other (id int primary key)");
        add("visit", options("at:daily", null));
        job.add("other").start().awaitOk();
        provider.sql("insert into visit values (1, 'infinity', 'a'); insert into other values (1)");

        await().until(() -> subscriber.number("select count(*) from other") == 1);
        awaitReason("no partition of relation \"visit\" found for row");
    }

    @Test
    void rowsThatAreTooOldAreNoDifferences() throws Exception {
        provider.sql(VISITS + "; create sequence visit_id start 1000");
        provider.sql("insert into visit select i, now() - i * interval '1 day', 'v' from generate_series(1, 999) i");
        job.with("lock_timeout", "60"); // on a slow machine the replay is behind
        add("visit", options("at:monthly", "800 days"));
        try (var writer = new SteadyWriter(provider, WRITE)) {
            job.start().awaitOk();
            var retention = 800;
            for (int round = 0; round < 2; round++) {
                writer.await(50);
                assertCompareEqual("visit");
                retention -= 300;
                var before = partitions("visit").get(0);
                keepFor(retention + " days");
                await().until(() -> !partitions("visit").contains(before));
            }
            writer.await(50);
            Subscriber.connected(job.settings(), side -> side.resync(Selection.ALL));
            job.awaitOk();
            writer.await(50);
            writer.stop();
            job.awaitReplay();
            assertCompareEqual("visit");
        }
        assertThat(subscriber.rows(rows("visit")))
                .isEqualTo(provider.rows("select * from visit where at >= "
                        + subscriber.sql("select kept_since from londiste.subscriber_table") + " order by id"));
        assertThat(subscriber.number("select count(*) from visit")).isPositive();
        assertThat(job.running().status().total().unexpected()).isZero();
    }

    @Test
    void nothingIsDroppedByOneClockAlone() throws Exception {
        provider.sql(VISITS + "; insert into visit values (1, now(), 'a'), (2, now() - interval '300 days', 'b')");
        add("visit", options("at:monthly", "400 days"));
        job.start().awaitOk().awaitReplay();
        job.stop();
        keepFor("100 days");
        var drop = "select count(*) from londiste.drop_partitions('queue', 'job', 'public.visit')";

        subscriber.sql("update londiste.completed set tick_mark = regexp_replace(tick_mark, 'of \\d{4}', 'of 1999')");
        assertThat(subscriber.number(drop))
                .as("the provider's clock was not that late")
                .isZero();
        subscriber.sql("update londiste.completed set tick_mark = regexp_replace(tick_mark, 'of \\d{4}', 'of 2999')");
        assertThat(subscriber.number(drop)).isEqualTo(1);
        assertThat(subscriber.rows("select id from visit")).containsExactly("1");
        keepFor("100 years");
        assertThat(subscriber.number(drop))
                .as("what is gone does not come back")
                .isZero();
    }

    @Test
    void aComparisonKeepsPartitions() throws Exception {
        provider.sql(VISITS + "; insert into visit values (1, now(), 'a'), (2, now() - interval '300 days', 'b')");
        add("visit", options("at:monthly", "400 days"));
        job.start().awaitOk().awaitReplay();
        var refusals = new ConcurrentLinkedQueue<String>();
        try (var lock = ComparisonRoutes.lockReplay(subscriber);
                Connection dropping = subscriber.connect();
                var statement = dropping.createStatement();
                var routes = new ComparisonRoutes(job.settings(), 1, new WorkListener() {
                    @Override
                    public void begin(long rows) {
                        keepFor("100 days");
                        refusals.add(refusal(statement));
                    }

                    @Override
                    public void done(long rows) {}
                })) {
            assertThat(lock).isNotNull();
            assertThat(routes.compare())
                    .extracting(Comparison::problem, Comparison::outcome)
                    .containsExactly(tuple(null, Outcome.EQUAL));
        }
        assertThat(refusals).isNotEmpty().allMatch(said -> said.contains("could not obtain lock on relation"));
        await("the daemon drops it then").until(() -> partitions("visit").size() == 1);
    }

    private static String refusal(Statement dropping) {
        try {
            dropping.execute("select londiste.drop_partitions('queue', 'job', 'public.visit')");
            return "not refused";
        } catch (SQLException e) {
            return e.getMessage();
        }
    }

    @Test
    void repairMakesPartitionsThatSomebodyHasDropped() throws Exception {
        provider.sql(VISITS + "; insert into visit values (1, '2024-01-01', 'a'), (2, '2025-01-01', 'b')");
        add("visit", options("at:yearly", null));
        job.start().awaitOk().awaitReplay();
        subscriber.sql("drop table visit_2024");

        try (var lock = ComparisonRoutes.lockReplay(subscriber);
                var routes = new ComparisonRoutes(job.settings())) {
            assertThat(lock).isNotNull();
            assertThat(routes.compare())
                    .extracting(Comparison::missing, Comparison::problem)
                    .containsExactly(tuple(1L, null));
            assertThat(routes.apply(directory, ComparisonRoutes.PLAIN))
                    .extracting(Repaired::statements, repaired -> repaired.comparison()
                            .problem())
                    .containsExactly(tuple(1L, null));
            assertThat(routes.compare())
                    .extracting(Comparison::problem, Comparison::outcome)
                    .containsExactly(tuple(null, Outcome.EQUAL));
        }
        assertThat(partitions("visit")).contains("visit_2024");
    }

    /** PostgreSQL alters no table with checks that are still to be done; those of rows of a partition are that one's. */
    @Test
    void aPartitionIsMadeWhileChecksAreDeferred() throws Exception {
        onBoth("create table owner (id int primary key)");
        provider.sql("create table visit (id int primary key, at date not null, owner int)");
        subscriber.sql(
                "create table visit (id int, at date, owner int references owner deferrable, primary key (id, at))"
                        + " partition by range (at); insert into owner values (1)");
        add("visit", options("at:yearly", null));
        try (var connection = subscriber.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set constraints all deferred");
            var make = "select londiste.make_partitions('queue', 'public.visit', array['%s'])";
            statement.execute(make.formatted("2024-05-05"));
            statement.execute("insert into visit values (1, '2024-05-05', 1)");
            statement.execute(make.formatted("2025-05-05"));
            connection.commit();
        }
        assertThat(partitions("visit")).containsExactly("visit_2024", "visit_2025");
    }

    @Test
    void aDeleteNeedsNoPartition() throws Exception {
        provider.sql("create table visit (id int, at timestamptz not null, primary key (id, at));"
                + " insert into visit values (1, '2024-01-01'), (2, '2025-01-01')");
        add("visit", options("at:yearly", null));
        job.start().awaitOk();
        subscriber.sql("drop table visit_2024");
        provider.sql("delete from visit where id = 1; insert into visit values (3, '2026-01-01')");
        job.awaitReplay();

        assertThat(partitions("visit")).containsExactly("visit_2025", "visit_2026");
    }

    @Test
    void whatCannotBePartitionedIsRefused() {
        provider.sql(
                VISITS + "; create table loose (id int primary key, at timestamptz, d date not null, n int not null)");
        subscriber.sql(VISITS + "; create table loose (id int, d date, primary key (id, d)) partition by range (d);"
                + " create table others partition of loose default");
        assertRefused("loose", "at:daily", null, "column at may be null on the provider");
        assertRefused(
                "loose",
                "n:daily",
                null,
                "needs a date, a timestamp with or without time zone, and column n is integer");
        assertRefused("loose", "d:hourly", null, "column d is a date, and has no hours");
        assertRefused("loose", "nosuch:daily", null, "has no column nosuch");
        assertRefused(
                "visit",
                "at:daily",
                "soon",
                "invalid input syntax for type interval: \"soon\": an interval is expected");
        assertRefused("visit", "at:daily", "-1 days", "--retention has to be more than nothing: -1 days");
        assertThatThrownBy(() -> options("at", null)).hasMessage("--partition-by is not of the form COLUMN:PERIOD: at");
        assertThatThrownBy(() -> options("at:sometimes", null))
                .hasMessage(
                        "--partition-by: no such period: sometimes; there are hourly, daily, weekly, monthly, yearly");
        assertThatThrownBy(() -> options(null, "1 day")).hasMessageContaining("needs --partition-by");
        assertRefused(
                "visit",
                "at:daily",
                null,
                "public.visit: it is not partitioned by ranges of column at, but not at all");
        subscriber.sql("drop table visit; create table visit (id int, at timestamptz, v text) partition by range (at)");
        assertRefused(
                "visit",
                "at:daily",
                null,
                "(id) on the provider and missing on the subscriber: make them the same, with at added on the subscriber");
        subscriber.sql("alter table visit add primary key (id, at); create table rest partition of visit default");
        assertRefused("visit", "at:daily", null, "it has a default partition, public.rest");
        assertThat(subscriber.number("select count(*) from londiste.subscriber_table"))
                .isZero();
    }

    private void assertRefused(String table, String partitionBy, String retention, String message) {
        assertThatThrownBy(() -> add(table, options(partitionBy, retention)))
                .isInstanceOf(LondisteException.class)
                .hasMessageContaining(message);
    }
}
