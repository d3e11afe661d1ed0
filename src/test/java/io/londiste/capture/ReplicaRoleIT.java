package io.londiste.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.demo.PgCluster;
import io.londiste.test.Db;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What sessions with session_replication_role = replica change is captured like all else, once and in order. */
@ParameterizedClass
@ValueSource(ints = {13, 15, 18})
class ReplicaRoleIT extends CaptureFixture {
    private static final String REPLICA = "set session_replication_role = replica; ";

    @Test
    void rowsAndWholeStatementsAreCaptured() {
        capture.table("plain", "(id int primary key, v text)");
        capture.assertReplays(
                "plain",
                REPLICA + "insert into plain values (1, 'one')",
                REPLICA + "insert into plain select i, 'many' from generate_series(2, 50) as i",
                REPLICA + "update plain set id = id + 100, v = 'u' where id < 20; delete from plain where id > 110",
                REPLICA + "insert into plain values (1, 'again') on conflict (id) do update set v = 'upserted'");
        assertThat(capture.events("plain")).hasSize(79);
        capture.db.sql(REPLICA + "truncate plain");
        assertThat(capture.events("plain")).last().isEqualTo("T");
        capture.assertReplayed("plain");
    }

    @Test
    void partitionsAndInheritingTablesAreCaptured() {
        capture.table("parts", "(id int primary key, v text) partition by range (id)");
        capture.db.sql("create table parts_1 partition of parts for values from (0) to (10)");
        capture.db.sql("create table parts_2 partition of parts for values from (10) to (99)");
        capture.db.sql("create table parent (id int primary key, v text)");
        capture.db.sql("create table heir (primary key (id)) inherits (parent)");
        capture.capture("parent");
        capture.db.sql("select londiste.maint_capture()");
        capture.assertReplays(
                "parts",
                REPLICA + "insert into parts values (1, 'a'), (2, 'b'), (11, 'c'); insert into parts_1 values (3, 'd')",
                REPLICA + "update parts set id = id + 20 where id < 3; delete from parts_1",
                REPLICA + "truncate parts_2",
                REPLICA + "insert into parts values (4, 'e'); truncate parts");
        capture.assertReplays(
                "parent",
                REPLICA + "insert into parent values (1, 'a'); insert into heir values (2, 'b')",
                REPLICA + "update parent set v = 'u'; delete from heir; truncate only parent");
    }

    @Test
    void aTransactionThatSwitchesItsRoleIsCapturedInOrder() {
        capture.table("switched", "(id int primary key, v int)");
        capture.db.sql("""
                begin;
                insert into switched values (1, 1);
                set local session_replication_role = replica; update switched set v = 2;
                set local session_replication_role = origin; update switched set v = 3;
                set local session_replication_role = replica; delete from switched;
                set local session_replication_role = local; insert into switched values (9, 9);
                set local session_replication_role = origin; insert into switched values (1, 4);
                commit
                """);
        assertThat(capture.events("switched"))
                .containsExactly(
                        "I {\"id\":1,\"v\":1}",
                        "U {\"id\":1,\"v\":2}",
                        "U {\"id\":1,\"v\":3}",
                        "D {\"id\":1,\"v\":3}",
                        "I {\"id\":1,\"v\":4}");
    }

    @Test
    void aReplicaTriggerThatChangesTheRowDoesNotMakeTheCaptureWrong() {
        capture.table("changed", "(id int primary key, v int)");
        capture.db.sql("""
                create function changed() returns trigger language plpgsql as $$
                begin
                  if pg_trigger_depth() < 2 then update changed set v = v + 1 where id = new.id; end if; return null;
                end $$;
                create trigger a_first after insert or update on changed for each row execute function changed();
                alter table changed enable replica trigger a_first
                """);
        capture.assertReplays(
                "changed",
                REPLICA + "insert into changed values (1, 1), (2, 2)",
                REPLICA + "update changed set v = 10");
    }

    @Test
    void nothingIsCapturedTwiceWhateverTheModesOfTheTriggersAre() {
        capture.table("modes", "(id int primary key)");
        for (var mode : new String[] {"enable always", "enable"}) {
            capture.db
                    .sql("select format('alter table modes " + mode + " trigger %I', tgname) from pg_trigger"
                            + " where tgrelid = 'modes'::regclass")
                    .lines()
                    .forEach(capture.db::sql);
            capture.db.sql("insert into modes values (1); delete from modes");
            capture.db.sql(
                    "set session_replication_role = replica; insert into modes values (2); delete from modes; truncate modes");
            capture.db.sql("set session_replication_role = local; insert into modes values (3); delete from modes");
        }
        assertThat(capture.events("modes"))
                .containsExactly(
                        "I {\"id\":1}",
                        "D {\"id\":1}",
                        "I {\"id\":2}",
                        "D {\"id\":2}",
                        "T",
                        "I {\"id\":1}",
                        "D {\"id\":1}");
        assertThat(capture.db.rows(
                        "select problem from londiste.capture_problems('q') where table_name = 'public.modes'"))
                .hasSize(1);
        assertThat(capture.db.number("select londiste.maint_capture()")).isPositive();
        assertThat(capture.db.rows(
                        "select tgname, tgenabled from pg_trigger where tgrelid = 'modes'::regclass order by 1"))
                .containsExactly("q_logger_d|O", "q_logger_i|O", "q_logger_r|R", "q_logger_t|A", "q_logger_u|O");
    }

    @Test
    void theRowsOfALogicalSubscriptionAreCaptured() throws Exception {
        try (var cluster =
                        PgCluster.open(major, Map.of("wal_level", "logical", "fsync", "off", "max_wal_senders", "4"));
                var source = Db.on(cluster, "source");
                var provider = new CaptureDb(Db.on(cluster, "provider"))) {
            source.sql("create table plain (id int primary key, v text); insert into plain values (1, 'initial');"
                    + " create table parts (id int primary key, v text)");
            source.sql("create publication p for table plain, parts");
            source.sql("select pg_create_logical_replication_slot('slot', 'pgoutput')");
            provider.table("plain", "(id int primary key, v text)");
            provider.table("parts", "(id int primary key, v text) partition by range (id)");
            provider.db.sql("create table parts_1 partition of parts default");
            provider.db.sql("create subscription s connection '" + source.libpq()
                    + "' publication p with (create_slot = false, slot_name = 'slot')");
            try {
                await().atMost(Duration.ofSeconds(60))
                        .until(
                                () -> provider.db.sql(
                                        "select count(*) from pg_subscription_rel where srsubstate <> 'r'"),
                                "0"::equals);
                source.sql("insert into plain select i, 'many' from generate_series(2, 20) as i;"
                        + " update plain set id = id + 100, v = 'u' where id > 10; delete from plain where id = 5");
                source.sql(
                        "insert into parts values (1, 'a'), (2, 'b'); update parts set v = 'u'; delete from parts where id = 1");
                await().atMost(Duration.ofSeconds(60)).until(() -> provider.db.sql("select v from parts"), "u"::equals);
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> provider.db.sql("select v from plain where id = 1"), "initial"::equals);
                provider.assertReplayed("plain");
                provider.assertReplayed("parts");
                assertThat(provider.events("plain")).hasSize(31).contains("I {\"id\":1,\"v\":\"initial\"}");
                assertThat(provider.events("parts")).hasSize(5);

                source.sql("truncate plain, parts");
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> provider.events("parts"), events -> events.contains("T"));
                assertThat(provider.events("plain")).last().isEqualTo("T");
            } finally {
                provider.db.sql("alter subscription s disable");
                provider.db.sql("alter subscription s set (slot_name = none)");
                provider.db.sql("drop subscription s");
                await().until(() -> source.sql("select active from pg_replication_slots"), "f"::equals);
                source.sql("select pg_drop_replication_slot('slot')");
            }
        }
    }
}
