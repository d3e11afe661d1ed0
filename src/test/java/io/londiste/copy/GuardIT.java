package io.londiste.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.db.SqlState;
import io.londiste.schema.Installer;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Major;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The guard lets only the replay change a replicated table. */
@ExtendWith(PostgresPair.class)
class GuardIT {
    private static final String TABLES = """
            create table plain (id int primary key, v text);
            create table "Odd ""one" (id int primary key, v text);
            create table parted (id int primary key, v text) partition by range (id);
            create table low partition of parted for values from (0) to (100);
            create table high partition of parted for values from (100) to (200) partition by list (id);
            create table highest partition of high default;
            """;
    private static final List<String> ROOTS = List.of("plain", "\"Odd \"\"one\"", "parted");

    private static final String GUARDS =
            "select count(*) from pg_trigger t join pg_proc p on p.oid = t.tgfoid where p.proname = 'guard'";

    private static void assertRefused(Db db, String change, String... message) {
        assertThatThrownBy(() -> db.sql(change))
                .hasMessageContainingAll(message)
                .hasMessageContaining("londiste replicates it")
                .extracting(SqlState::of)
                .isEqualTo("42501");
    }

    private static void guard(Db db) {
        for (String table : ROOTS) {
            db.sql("select londiste.subscriber_guard('Q-1', ?)", table);
            assertThat(db.sql("select londiste.subscriber_is_guarded('Q-1', ?)", table))
                    .isEqualTo("t");
        }
    }

    @Test
    void everyWayToChangeATableIsRefusedSayingWhy(@Subscriber @Major(13) Db db) {
        new Installer(db.dataSource()).installLondisteSubscriber();
        db.sql(TABLES);
        guard(db);

        for (String table : List.of("plain", "\"Odd \"\"one\"", "parted", "low", "high", "highest")) {
            int id = table.startsWith("high") ? 150 : 1;
            assertRefused(
                    db, "insert into " + table + " values (" + id + ")", "INSERT of table", table, "queue \"Q-1\"");
            assertRefused(db, "update " + table + " set v = 'x'", "UPDATE", "Make the change on the provider");
            assertRefused(db, "delete from " + table, "DELETE", "set londiste.replay = 'on'");
            assertRefused(db, "truncate " + table, "TRUNCATE", "subscriber remove");
            assertRefused(db, "set session_replication_role = replica; delete from " + table, "DELETE");
        }
        assertRefused(db, "insert into low values (1)", "public.low", "as part of public.parted");
        db.sql(
                "set londiste.replay = 'on'; insert into parted values (1), (150); insert into high values (151); truncate parted");
    }

    @Test
    void whoMayOnlyWriteToTheTableGetsTheSameMessage(@Subscriber @Major(18) Db db) throws Exception {
        new Installer(db.dataSource()).installLondisteSubscriber();
        db.sql(TABLES);
        guard(db);
        var role = db.role("writer", "login password 'secret'");
        db.sql("grant insert on plain, parted to " + role);

        try (var connection = db.connect(role, "secret");
                var statement = connection.createStatement()) {
            for (String table : List.of("plain", "parted")) {
                assertThatThrownBy(() -> statement.execute("insert into " + table + " values (1)"))
                        .hasMessageContaining("londiste replicates it from queue \"Q-1\"");
            }
            statement.execute("set londiste.replay = 'on'");
            statement.execute("insert into plain values (1)");
        }
    }

    @Test
    void theOwnerOfAPartitionedTableMayGiveItPartitions(@Subscriber Db db) throws Exception {
        new Installer(db.dataSource()).installLondisteSubscriber();
        db.sql(TABLES);
        var owner = db.role("owner", "login password 'secret'");
        db.sql("grant create on schema public to " + owner + "; alter table parted owner to " + owner);
        guard(db);

        try (var connection = db.connect(owner, "secret");
                var statement = connection.createStatement()) {
            statement.execute("create table later partition of parted for values from (200) to (300);"
                    + "create table loose (like parted including all);"
                    + "alter table parted attach partition loose for values from (300) to (400)");
        }
        assertRefused(db, "insert into later values (250)", "public.later");
        db.sql("drop table parted; drop owned by " + owner);
    }

    @Test
    void partitionsAreGuardedWhenTheyComeAndFreeWhenTheyLeave(@Subscriber @Major(13) Db db) {
        new Installer(db.dataSource()).installLondisteSubscriber();
        db.sql(TABLES);
        guard(db);

        db.sql("create table later partition of parted for values from (200) to (300);"
                + "create table loose (id int primary key, v text);"
                + "alter table parted attach partition loose for values from (300) to (400)");
        assertRefused(db, "insert into later values (250)", "public.later");
        assertRefused(db, "insert into loose values (350)", "public.loose");
        assertThat(db.sql("select londiste.subscriber_guard('Q-1', 'parted')")).isEqualTo("2");
        assertThat(db.sql("select londiste.subscriber_guard('Q-1', 'parted')")).isEqualTo("0");
        assertRefused(db, "truncate later", "public.later");

        db.sql("alter table parted detach partition low; insert into low values (1); truncate low;"
                + "alter table plain rename to former; insert into former values (1)");
        db.sql("alter table former rename to plain");
        for (String table : ROOTS) {
            db.sql("select londiste.subscriber_drop_guard('Q-1', ?)", table);
        }
        assertThat(db.sql(GUARDS)).isEqualTo("0");
    }

    @Test
    void theReplayWorksAndTheGuardLastsUntilTheTableIsRemoved(@Provider Db provider, @Subscriber Db subscriber) {
        provider.sql(TABLES);
        subscriber.sql(TABLES);
        provider.sql(
                "insert into plain select i, 'x' from generate_series(1, 100) i; insert into parted select id, v from plain");
        try (var job = new Job(provider, subscriber)) {
            job.add("plain", "parted");
            subscriber.sql(
                    "select londiste.subscriber_guard('queue', 'plain'), londiste.subscriber_guard('queue', 'parted')");
            new Installer(subscriber.dataSource()).installPgq();
            subscriber.sql("select pgq.create_queue('next'), londiste.provider_add_table('next', 'plain')");
            job.start().awaitOk();
            provider.sql("update plain set v = 'y' where id < 5; delete from parted where id < 5;"
                    + "insert into parted values (150); truncate highest");
            job.awaitReplay();
            assertSame(provider, subscriber);

            job.stop();
            subscriber.sql("create table later partition of parted for values from (200) to (300)");
            provider.sql("create table later partition of parted for values from (200) to (300)");
            job.start();
            Awaitility.await().untilAsserted(() -> assertRefused(subscriber, "truncate later", "public.later"));

            subscriber.sql("update londiste.subscriber_table set merge_state = null");
            provider.sql("truncate plain; insert into plain values (7)");
            job.awaitOk().awaitReplay();
            assertSame(provider, subscriber);
            assertRefused(subscriber, "delete from plain", "public.plain");
            assertThat(subscriber.sql("select count(*) from londiste.subscriber_pending_triggers"))
                    .isEqualTo("0");

            provider.sql("select londiste.provider_remove_table('queue', 'plain')");
            subscriber.sql("select londiste.subscriber_remove_table('queue', 'parted')");
            Awaitility.await().until(() -> job.states().isEmpty());
            assertThat(subscriber.sql(GUARDS)).isEqualTo("0");
            subscriber.sql("delete from plain; delete from parted");
        }
    }

    private static void assertSame(Db provider, Db subscriber) {
        for (String table : List.of("plain", "parted")) {
            var rows = "select * from " + table + " order by id";
            assertThat(subscriber.rows(rows)).as(table).isEqualTo(provider.rows(rows));
        }
    }
}
