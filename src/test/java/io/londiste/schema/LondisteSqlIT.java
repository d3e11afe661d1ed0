package io.londiste.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** The functions of schema londiste, other than capture itself. */
@ParameterizedClass
@ValueSource(ints = {13, 15, 18})
class LondisteSqlIT extends SchemaFixture {
    @Test
    void namesHaveOneWrittenForm() {
        for (var name :
                List.of("public.a", "public.a_1$", "\"A\".b", "public.\"1a\"", "\"a.b\".\"c\"\"d\"", "public.\"é\"")) {
            assertThat(db.sql("select londiste.canonical(?)", name)).isEqualTo(name);
        }
        assertThat(
                        db.sql(
                                "select londiste.canonical('Mixed Case'), londiste.canonical('\"plain\"'), londiste.fqname('a', 'b c')"))
                .isEqualTo("public.\"Mixed Case\"|public.plain|a.\"b c\"");
        assertFails("select londiste.canonical('a.b.c')", "42602", "not a table name: a.b.c");
        assertFails("select londiste.canonical('')", "42602", "not a table name");
    }

    @Test
    void tablesAreListedInTheOrderTheyWereAdded() {
        db.sql("create table zz (id int primary key); create table aa (id int primary key)");
        db.sql("select pgq.create_queue('listed')");
        assertThat(db.sql("select londiste.provider_add_table('listed', 'zz')")).isEqualTo("1");
        assertThat(db.sql("select londiste.provider_add_table('listed', 'public.aa')"))
                .isEqualTo("1");
        assertThat(db.sql("select londiste.provider_add_table('listed', 'zz')")).isEqualTo("0");

        assertThat(db.rows("select * from londiste.provider_get_table_list('listed')"))
                .containsExactly("public.zz", "public.aa");
    }

    @Test
    void whatCannotBeAddedIsSaidClearly() {
        db.sql("create table keyless (id int); create view seen as select 1 as id");

        assertFails(
                "select londiste.provider_add_table('none', 'keyless')",
                "42704",
                "queue \"none\" does not exist in database " + db.name());
        assertFails(
                "select londiste.provider_add_table('q', 'missing')",
                "42P01",
                "table public.missing does not exist in database " + db.name());
        assertFails("select londiste.provider_add_table('q', 'seen')", "42P01", "table public.seen does not exist");
        assertFails(
                "select londiste.provider_add_table('q', 'keyless')",
                "42P16",
                "table public.keyless has no primary key");
        assertFails(
                "select londiste.provider_remove_table('q', 'keyless')",
                "42704",
                "table public.keyless is not registered on the provider");
        assertThat(db.sql("select count(*) from londiste.provider_table where table_name like '%keyless'"))
                .isEqualTo("0");
    }

    @Test
    void removingATableLeavesNothingButItsEvent() {
        db.sql(
                "create table removed (id int primary key) partition by range (id); create table removed_1 partition of removed default");
        db.sql("select londiste.provider_add_table('q', 'removed')");
        assertThat(db.sql("select londiste.provider_remove_table('q', 'removed')"))
                .isEqualTo("1");
        db.sql("insert into removed values (1); truncate removed_1");

        assertThat(db.rows("select ev_type, ev_data, ev_extra1 from pgq.event_1 where ev_extra1 = 'public.removed'"))
                .containsExactly("londiste.remove-table|public.removed|public.removed");
        assertThat(
                        db.sql(
                                "select count(*) from pg_trigger where tgrelid in ('removed'::regclass, 'removed_1'::regclass)"))
                .isEqualTo("0");
    }

    @Test
    void aDroppedTableCanBeRemoved() {
        db.sql(
                "create table dropped (id int primary key); select londiste.provider_add_table('q', 'dropped'); drop table dropped");
        db.sql("select londiste.maint_capture()");

        assertThat(db.sql("select londiste.provider_remove_table('q', 'dropped')"))
                .isEqualTo("1");
        assertThat(db.sql("select count(*) from pg_proc where proname = 'capture_' ||"
                        + " (select last_value from londiste.provider_table_nr_seq)"))
                .isEqualTo("0");
    }

    @Test
    void aTableMayFeedSeveralQueues() {
        db.sql("create table shared (id int primary key); select pgq.create_queue('Other.Queue')");
        db.sql(
                "select londiste.provider_add_table('q', 'shared'), londiste.provider_add_table('Other.Queue', 'shared')");
        db.sql("insert into shared values (1)");
        db.sql("select londiste.provider_remove_table('q', 'shared'); insert into shared values (2)");

        assertThat(
                        db.rows(
                                "select ev_data from pgq.event_template where ev_extra1 = 'public.shared' and ev_type like '{%' order by ev_id"))
                .contains("{\"id\":2}");
        assertThat(db.rows("select tgname from pg_trigger where tgrelid = 'shared'::regclass order by 1"))
                .containsExactly(
                        "other_queue_logger_d",
                        "other_queue_logger_i",
                        "other_queue_logger_r",
                        "other_queue_logger_t",
                        "other_queue_logger_u");
    }

    @Test
    void maintenanceOfTheQueueRefreshesTheCaptureWhileThereIsOne() {
        var work = "select func_name, func_arg from pgq.maint_operations() where func_arg = 'kept'";
        db.sql("create table kept (id int primary key); select pgq.create_queue('kept')");
        db.sql(
                "select londiste.provider_add_table('kept', 'kept'); select londiste.provider_add_table('kept', 'kept')");
        assertThat(db.rows(work)).containsExactly("londiste.maint_capture|kept");

        db.sql("alter table kept rename id to nr");
        assertThat(db.sql("select londiste.maint_capture('kept')")).isEqualTo("1");
        assertThat(db.sql("select londiste.maint_capture('kept')")).isEqualTo("0");

        db.sql("select londiste.provider_remove_table('kept', 'kept')");
        assertThat(db.rows(work)).isEmpty();
    }

    @Test
    void captureThatWasRemovedIsRestored() {
        db.sql("create table taken (id int primary key); select londiste.provider_add_table('q', 'taken')");
        var function = "londiste.capture_" + db.sql("select last_value from londiste.provider_table_nr_seq") + "()";

        db.sql("drop trigger q_logger_d on taken");
        assertThat(db.sql("select londiste.maint_capture('q')")).isEqualTo("1");
        db.sql("drop function " + function + " cascade");
        assertThat(db.sql("select londiste.maint_capture('q')")).isEqualTo("5");
        db.sql("create or replace function " + function
                + " returns trigger language plpgsql as 'begin return null; end'");
        db.sql("select londiste.provider_add_table('q', 'taken')");

        db.sql("insert into taken values (1); delete from taken");
        assertThat(db.rows("select ev_data from pgq.event_template where ev_extra1 = 'public.taken' order by ev_id"))
                .containsExactly(
                        "some of its capture triggers were dropped",
                        "its capture triggers were dropped",
                        "its capture function was altered",
                        "{\"id\":1}",
                        "{\"id\":1}");
    }

    @Test
    void maintenanceDoesNotWaitForLongWriters() throws Exception {
        db.sql(
                "create table busy (id int primary key) partition by range (id); select londiste.provider_add_table('q', 'busy')");
        db.sql("create table busy_1 partition of busy default");
        try (var writer = db.connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("insert into busy values (1)");
            assertThat(db.sql("select londiste.maint_capture('q')")).isEqualTo("0");
            writer.commit();
        }
        assertThat(db.sql("select londiste.maint_capture('q')"))
                .isEqualTo("2"); // the function, for its list of tables, and a trigger
    }

    @Test
    void aShapeTellsWhatAReplayNeeds() {
        db.sql("create domain few as numeric(5,2)");
        db.sql(
                "create table shaped (gone int, id bigint generated always as identity, \"B b\" few not null, c text,"
                        + " d int generated always as (length(c)) stored, e int generated by default as identity, primary key (c, id))");
        db.sql("alter table shaped drop gone");

        assertThat(db.rows("select * from londiste.table_shape('shaped')"))
                .containsExactly(
                        "1|id|bigint|t|f|a|2",
                        "2|B b|public.few|t|f||null",
                        "3|c|text|t|f||1",
                        "4|d|integer|f|t||null",
                        "5|e|integer|t|f|d|null");
        assertFails("select * from londiste.table_shape('missing')", "42P01", "table public.missing does not exist");
    }

    @Test
    void aSnapshotIsATick() throws Exception {
        db.sql(
                "select pgq.create_queue('ticked'); create table ticked (id int primary key); select londiste.provider_add_table('ticked', 'ticked')");
        db.sql("insert into ticked values (1)");
        try (var connection = db.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("listen pgq_tick");
            connection.commit();
            connection.setTransactionIsolation(java.sql.Connection.TRANSACTION_REPEATABLE_READ);
            statement.execute("lock table pgq.tick in share row exclusive mode");
            db.sql("insert into ticked values (2)");
            var tick = statement.executeQuery("select tick_id, snapshot_name from londiste.snapshot_tick('ticked')");
            tick.next();
            long id = tick.getLong(1);
            var snapshot = tick.getString(2);
            db.sql("insert into ticked values (3)");
            assertThat(db.rows("begin isolation level repeatable read; set transaction snapshot '" + snapshot
                            + "'; select id from ticked"))
                    .containsExactly("1", "2");
            connection.commit();
            assertThat(connection.unwrap(PGConnection.class).getNotifications(5000))
                    .as("who waits for a tick is told")
                    .extracting(PGNotification::getParameter)
                    .containsExactly("ticked");

            assertThat(db.sql(
                            "select string_agg(ev_data, '' order by ev_id) from pgq.event_template, pgq.tick"
                                    + " where ev_extra1 = 'public.ticked' and tick_id = ? and tick_queue = (select queue_id from pgq.queue"
                                    + " where queue_name = 'ticked') and txid_visible_in_snapshot(ev_txid, tick_snapshot)",
                            id))
                    .isEqualTo("{\"id\":1}{\"id\":2}");
        }
        assertFails("select * from londiste.snapshot_tick('ticked')", "25001", "REPEATABLE READ");
        assertFails(
                "begin isolation level repeatable read; select * from londiste.snapshot_tick('ticked')",
                "55000",
                "LOCK TABLE pgq.tick");
    }

    @Test
    void theReplayIsNotifiedOfTablesToTakeUp() throws Exception {
        db.sql("create table told (id int primary key)");
        try (var connection = db.connect();
                var statement = connection.createStatement()) {
            statement.execute("listen londiste_table");
            for (var sql : List.of(
                    "select londiste.subscriber_add_table('told', 'told')",
                    "update londiste.subscriber_table set merge_state = 'ok' where queue_name = 'told';"
                            + " select londiste.subscriber_resync_table('told', 'told')")) {
                db.sql(sql);
                assertThat(connection.unwrap(PGConnection.class).getNotifications(5000))
                        .as(sql)
                        .extracting(PGNotification::getParameter)
                        .containsExactly("told");
            }
        }
    }

    @Test
    void foreignKeysComeBackExactlyWhenBothTablesAreInSync() {
        db.sql("""
                create schema fk;
                create table fk.a (id int primary key, self int, constraint same_name foreign key (self) references fk.a on delete cascade);
                create table fk."B b" (id int primary key, a int constraint same_name references fk.a
                    on update set null deferrable initially deferred);
                create table fk.c (b int, constraint same_name foreign key (b) references fk."B b" match full not valid);
                create table fk.p (id int, a int references fk.a) partition by list (id);
                create table fk.p1 partition of fk.p default;
                """);
        var definitions = "select conrelid::regclass, conname, pg_get_constraintdef(oid) from pg_constraint"
                + " where contype = 'f' and connamespace = 'fk'::regnamespace order by 1, 2";
        var before = db.rows(definitions);
        db.sql("select londiste.subscriber_add_table('q', t) from unnest(array['fk.a', 'fk.\"B b\"']) as t");

        assertThat(db.sql("select londiste.subscriber_drop_all_fkeys('fk.a')")).isEqualTo("3");
        assertThat(db.sql("select londiste.subscriber_drop_all_fkeys('fk.\"B b\"')"))
                .isEqualTo("1");
        assertThat(db.rows(definitions)).isEmpty();
        assertThat(db.rows("select from_table, to_table, fkey_name from londiste.subscriber_pending_fkeys order by 1"))
                .containsExactly(
                        "fk.\"B b\"|fk.a|same_name",
                        "fk.a|fk.a|same_name",
                        "fk.c|fk.\"B b\"|same_name",
                        "fk.p|fk.a|p_a_fkey");

        db.sql("update londiste.subscriber_table set merge_state = 'ok' where table_name = 'fk.a'");
        assertThat(db.rows("select * from londiste.subscriber_restore_fkeys('q')"))
                .containsExactly("same_name", "p_a_fkey");
        assertThat(db.rows("select from_table from londiste.subscriber_pending_fkeys order by 1"))
                .containsExactly("fk.\"B b\"", "fk.c");

        db.sql("insert into fk.\"B b\" values (1, 99)");
        db.sql("update londiste.subscriber_table set merge_state = 'ok'");
        assertThat(db.rows("select * from londiste.subscriber_restore_fkeys('q')"))
                .containsExactly("same_name");
        assertThat(db.rows("select from_table from londiste.subscriber_pending_fkeys"))
                .containsExactly("fk.\"B b\"");

        db.sql("delete from fk.\"B b\"");
        assertThat(db.sql("select londiste.subscriber_remove_table('q', 'fk.\"B b\"')"))
                .isEqualTo("1");
        db.sql("select londiste.subscriber_restore_fkeys('q')");
        assertThat(db.rows(definitions)).isEqualTo(before);
        assertThat(db.sql("select count(*) from londiste.subscriber_pending_fkeys"))
                .isEqualTo("0");
        assertFails(
                "select londiste.subscriber_drop_table_fkey('fk.a', 'none')",
                "42704",
                "table fk.a has no foreign key none");
    }

    /** How many functions of the schema the statement calls. */
    private static long calls(String statement) {
        return db.number("set track_functions = 'all'; " + statement
                + "; select coalesce(sum(calls), 0) from pg_stat_xact_user_functions where schemaname = 'londiste'");
    }

    @Test
    void aBatchCostsTheSameHoweverManyTablesAreRegisteredOrOnTheirWay() {
        db.sql("""
                create schema many;
                create table many.ready (id int primary key, other int references many.ready);
                do $$ begin
                  for n in 1 .. 203 loop
                    execute format('create table many.t%s (id int primary key, up int references many.t%s)', n, greatest(n - 1, 1));
                  end loop;
                end $$;
                insert into londiste.subscriber_table (queue_name, table_name, merge_state) values ('many', 'many.ready', 'ok');
                select londiste.subscriber_add_table('many', 'many.t' || n) from generate_series(1, 3) as n;
                select londiste.subscriber_drop_all_fkeys('many.t' || n) from generate_series(1, 3) as n;
                """);
        var owns = "perform londiste.replay_owns('many', 'many.ready')";
        var restorable = "select from londiste.restorable_fkeys('many')";
        long owned = calls("do $$ begin " + owns + "; end $$");
        long looked = calls(restorable);
        assertThat(owned).isPositive();
        assertThat(looked).isPositive();

        db.sql("""
                select londiste.subscriber_add_table('many', 'many.t' || n) from generate_series(4, 203) as n;
                select londiste.subscriber_drop_all_fkeys('many.t' || n) from generate_series(4, 203) as n;
                """);
        assertThat(calls("do $$ begin " + owns + "; end $$")).isEqualTo(owned);
        assertThat(calls(restorable)).isEqualTo(looked);
        forget("many");
    }

    @Test
    void theReplayDropsForeignKeysThatLinkATableItWritesToOnesThatAreNotInSync() {
        db.sql("""
                create schema loose;
                create table loose.a (id int primary key);
                create table loose.b (id int primary key references loose.a on delete cascade);
                create table loose.c (id int primary key references loose.b);
                create table loose.d (id int primary key references loose.a, c int references loose.c);
                create table loose.e (id int primary key references loose.d);
                insert into londiste.subscriber_table (queue_name, table_name, merge_state)
                values ('loose', 'loose.a', 'ok'), ('loose', 'loose.b', 'ok'), ('loose', 'loose.c', 'catching-up'),
                       ('loose', 'loose.d', null), ('loose', 'loose.e', null);
                """);
        var pending =
                "select fkey_name from londiste.subscriber_pending_fkeys where from_table like 'loose.%' order by 1";
        assertThat(db.sql("select londiste.replay_owns('loose', 'loose.d')")).isEqualTo("f");
        assertThat(db.rows(pending)).isEmpty();

        assertThat(db.sql("select londiste.replay_owns('loose', 'loose.a')")).isEqualTo("t");
        assertThat(db.rows(pending))
                .as("those of a, and that of c to b, whose rows are deleted with those of a")
                .containsExactly("c_id_fkey", "d_id_fkey");
        forget("loose");
    }

    @Test
    void aForeignKeyThatOthersUseIsNotWaitedForWithoutLimit() throws Exception {
        db.sql("""
                create schema used;
                create table used.a (id int primary key);
                create table used.b (id int primary key references used.a);
                insert into londiste.subscriber_table (queue_name, table_name, merge_state) values ('used', 'used.b', 'ok');
                """);
        try (var reader = db.connect();
                var read = reader.createStatement()) {
            reader.setAutoCommit(false);
            read.execute("select from used.b");
            var pid = reader.unwrap(PGConnection.class).getBackendPID();
            assertFails("select londiste.drop_fkeys_soon('used.a')", "55P03", "no lock within 2 s, held by pid " + pid);
            assertFails(
                    "select londiste.subscriber_drop_incoming_fkeys('used.a')",
                    "55P03",
                    "no lock within 2 s, held by pid " + pid);
        }
        forget("used");
    }

    /** Removes what a test has registered: all tests of a class share their database. */
    private static void forget(String queueAndSchema) {
        db.sql("delete from londiste.subscriber_table where queue_name = '" + queueAndSchema
                + "'; delete from londiste.subscriber_pending_fkeys where from_table like '" + queueAndSchema + ".%';"
                + " drop schema " + queueAndSchema + " cascade");
    }

    @Test
    void triggersComeBackExactly() {
        db.sql("""
                create table trig (id int primary key, v int);
                create function trig() returns trigger language plpgsql as 'begin return new; end';
                create trigger "A b" before update of v on trig for each row when (new.v > 1) execute function trig('x''y');
                create trigger always_ after insert on trig for each row execute function trig();
                alter table trig enable always trigger always_;
                create trigger off after insert on trig referencing new table as rows for each statement execute function trig();
                alter table trig disable trigger off;
                create constraint trigger late after insert on trig deferrable for each row execute function trig();
                select londiste.provider_add_table('q', 'trig');
                select londiste.subscriber_add_table('q', 'trig');
                """);
        var triggers =
                "select tgname, tgenabled, pg_get_triggerdef(oid) from pg_trigger where tgrelid = 'trig'::regclass order by 1";
        var before = db.rows(triggers);

        assertThat(db.sql("select londiste.subscriber_drop_triggers('trig')")).isEqualTo("4");
        assertThat(db.rows(triggers)).hasSize(5).allMatch(t -> t.startsWith("q_logger"));
        assertThat(db.sql("select londiste.subscriber_restore_triggers('trig', 'off')"))
                .isEqualTo("1");
        assertThat(db.rows("select trigger_name from londiste.subscriber_pending_triggers order by 1"))
                .containsExactly("A b", "always_", "late");
        assertFails("select londiste.subscriber_restore_triggers('trig', 'off')", "42704", "no pending trigger off");
        db.sql("alter table trig rename v to w");
        assertThat(db.sql("select londiste.subscriber_restore_triggers('trig')"))
                .isEqualTo("2");
        assertThat(db.rows("select trigger_name from londiste.subscriber_pending_triggers"))
                .containsExactly("A b");
        db.sql("alter table trig rename w to v");
        assertThat(db.sql("select londiste.subscriber_remove_table('q', 'trig')"))
                .isEqualTo("1");
        assertThat(db.rows(triggers)).isEqualTo(before);
    }

    @Test
    void subscriberTablesAreRegisteredOnce() {
        db.sql("create table sub (id int primary key)");
        assertThat(db.sql("select londiste.subscriber_add_table('s', 'sub')")).isEqualTo("1");
        db.sql("update londiste.subscriber_table set merge_state = 'ok' where queue_name = 's'");
        assertThat(db.sql("select londiste.subscriber_add_table('s', 'public.sub')"))
                .isEqualTo("0");
        assertThat(db.rows("select * from londiste.subscriber_get_table_list('s')"))
                .containsExactly("public.sub|ok|null");
        assertFails(
                "select londiste.subscriber_add_table('s', 'missing')", "42P01", "table public.missing does not exist");
        assertFails(
                "select londiste.subscriber_remove_table('s', 'missing')", "42704", "not registered on the subscriber");
    }
}
