package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.schema.Installer;
import io.londiste.test.Db;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is shown of subscribed tables, and what is done with them, while no replay runs. */
class SubscriberCommandsIT extends JobFixture {
    @BeforeEach
    void tables() {
        onBoth("""
                create table parent (id int primary key, v text);
                create table child (id int primary key, parent int references parent);
                """);
        install();
        terminal.ok(config, "provider", "add", "--all");
    }

    private String state(String table) {
        return subscriber.sql(
                "select coalesce(merge_state, 'NEW'), reason from londiste.subscriber_table where table_name = ?",
                table);
    }

    private void set(String table, String state, String reason) {
        subscriber.sql(
                "update londiste.subscriber_table set merge_state = ?, reason = ? where table_name = ?",
                state,
                reason,
                table);
    }

    private void fails(String message, String... command) {
        var before = subscriber.sql("select * from londiste.subscriber_table order by nr");

        var result = terminal.londiste(command);

        assertThat(result.errLines())
                .singleElement()
                .asString()
                .isEqualTo("londiste: " + message.replace("SUBSCRIBER", at(subscriber)));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(subscriber.sql("select * from londiste.subscriber_table order by nr"))
                .isEqualTo(before);
    }

    private static String at(Db db) {
        return "subscriber " + db.name() + " at " + db.host() + ":" + db.port();
    }

    @Test
    void resyncStartsAgain() {
        subscriber.sql("""
                create function f() returns trigger language plpgsql as 'begin return new; end';
                create trigger audit before insert on parent for each row execute function f();
                """);
        terminal.ok(config, "subscriber", "add", "--expect-sync", "parent");
        terminal.ok(config, "subscriber", "add", "child");
        set("public.child", "catching-up", "no space");
        subscriber.sql("insert into londiste.copy_progress values ('queue', 'public.child', 'done', 5, 50, 5)");

        assertThat(terminal.londiste(config, "subscriber", "resync", "parent", "child")
                        .err())
                .isEqualTo("public.parent will be copied again\npublic.child will be copied again\n");

        assertThat(state("public.parent")).isEqualTo("NEW|null");
        assertThat(state("public.child")).isEqualTo("NEW|null");
        assertThat(subscriber.number("select count(*) from londiste.copy_progress"))
                .isZero();
        assertThat(terminal.ok(config, "subscriber", "triggers", "pending")).contains("public.parent    audit");
    }

    @Test
    void resyncOfATableThatIsOnItsWayIsRefused() {
        terminal.ok(config, "subscriber", "add", "--expect-sync", "--all");
        for (var state : new String[] {"in-copy", "catching-up", "wanna-sync:7", "do-sync:8"}) {
            set("public.child", state, null);
            for (var wait : new String[] {"-q", "--wait"}) {
                fails(
                        "SUBSCRIBER: table public.child is " + state + " and continues to ok already; nothing was"
                                + " changed (resync is for tables that are ok or stopped)",
                        config,
                        "subscriber",
                        "resync",
                        wait,
                        "parent",
                        "child");
            }
        }
        fails(
                "SUBSCRIBER: not subscribed in queue queue: public.nix; nothing was changed",
                config,
                "subscriber",
                "resync",
                "parent",
                "nix");

        assertThat(terminal.londiste(config, "subscriber", "resync", "--all").err())
                .isEqualTo("public.child is do-sync:8 and continues\npublic.parent will be copied again\n");
        assertThat(state("public.parent")).isEqualTo("NEW|null");
        assertThat(state("public.child")).isEqualTo("do-sync:8|null");
    }

    @Test
    void retryRemovesTheReasonOfStoppedTables() {
        terminal.ok(config, "subscriber", "add", "--expect-sync", "parent");
        terminal.ok(config, "subscriber", "add", "child");
        set("public.child", "catching-up", "no space");

        assertThat(terminal.londiste(config, "subscriber", "retry", "child").err())
                .isEqualTo("public.child is tried again\n");
        assertThat(state("public.child")).isEqualTo("catching-up|null");
        fails(
                "SUBSCRIBER: table public.child is catching-up and not stopped; nothing was changed",
                config,
                "subscriber",
                "retry",
                "child");
        fails(
                "SUBSCRIBER: not subscribed in queue queue: public.nix; nothing was changed",
                config,
                "subscriber",
                "retry",
                "nix");

        set("public.child", null, "no space");
        assertThat(terminal.londiste(config, "subscriber", "retry", "--all").err())
                .isEqualTo("public.child is tried again\n");
        assertThat(state("public.child")).isEqualTo("NEW|null");
        assertThat(terminal.londiste(config, "subscriber", "retry", "c*").err()).isEqualTo("No table is stopped\n");
        assertThat(state("public.parent")).isEqualTo("ok|null");
    }

    @Test
    void tablesShowTheirProgressAndWhyTheyStop() {
        provider.sql("create table t3 (id int primary key)");
        subscriber.sql("create table t3 (id int primary key)");
        terminal.ok(config, "provider", "add", "t3");
        terminal.ok(config, "subscriber", "add", "--skip-truncate", "parent");
        terminal.ok(config, "subscriber", "add", "--expect-sync", "--deny-writes", "child");
        terminal.ok(config, "subscriber", "add", "t3");
        set("public.parent", "in-copy", null);
        set("public.t3", "wanna-sync:12", "two\nlines");
        subscriber.sql("""
                insert into londiste.copy_progress values
                  ('queue', 'public.parent', 'rows', 1200, 45600, 3000), ('queue', 'public.t3', 'done', 7, 70, null)""");

        assertThat(terminal.ok(config, "subscriber", "tables").lines())
                .containsExactly(
                        "Table                                           State",
                        "public.parent                                 in-copy   1200 of about 3000 rows (40%), 45.6 kB",
                        "public.child                                       ok",
                        "public.t3                               wanna-sync:12   two lines");
        assertThat(terminal.ok(config, "subscriber", "tables", "--json")).isEqualTo("""
                        [
                          {"name":"public.parent","state":"in-copy","rows":1200,"bytes":45600,"total_rows":3000,"step":"rows","skip_truncate":true,"deny_writes":false,"reason":null,"replicated_as":""},
                          {"name":"public.child","state":"ok","rows":null,"bytes":null,"total_rows":null,"step":null,"skip_truncate":false,"deny_writes":true,"reason":null,"replicated_as":""},
                          {"name":"public.t3","state":"wanna-sync:12","rows":7,"bytes":70,"total_rows":null,"step":"done","skip_truncate":false,"deny_writes":false,"reason":"two\\nlines","replicated_as":""}
                        ]
                        """);
        subscriber.sql("update londiste.copy_progress set step = 'indexes', rows = 3100, bytes = 999");
        assertThat(terminal.ok(config, "subscriber", "tables"))
                .contains("   3100 of about 3100 rows (100%), 999 B, indexes\n");
        subscriber.sql("update londiste.copy_progress set step = 'rows', total_rows = null");
        assertThat(terminal.ok(config, "subscriber", "tables")).contains("   3100 rows, 999 B\n");
    }

    @Test
    void aReplayThatWaitsReportsWhy() {
        terminal.ok(config, "subscriber", "add", "parent");
        subscriber.sql(
                "insert into londiste.completed (consumer_id, last_tick_id, error) values ('job', 7, 'lost position')");

        var result = terminal.londiste(config, "subscriber", "tables");

        assertThat(result.code()).isZero();
        assertThat(result.errLines())
                .containsExactly(
                        "WARN: No replay of job runs; start it with: londiste -d " + config + " replay",
                        "WARN: The replay cannot continue: lost position");
    }

    @Test
    void deniedWritesAreAllowedAgainWhenTheTableIsRemoved() {
        terminal.ok(config, "subscriber", "add", "--expect-sync", "--deny-writes", "parent");
        var insert = "insert into parent values (1)";

        assertThat(refusal(insert)).contains("londiste replicates it").contains("queue");

        terminal.ok(config, "subscriber", "remove", "parent");
        subscriber.sql(insert);
    }

    private String refusal(String sql) {
        try {
            return subscriber.sql(sql);
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }

    @Test
    void foreignKeysArePendingOrActive() {
        subscriber.sql("create table own (id int primary key, other int references own)");
        terminal.ok(config, "subscriber", "add", "--expect-sync", "--all");
        var active = """
                active fkeys
                from_table       to_table         fkey_name          fkey_def
                ---------------  ---------------  ---------------    ---------------
                public.child     public.parent    child_parent_fkey  %s

                """.formatted(subscriber.sql("select fkey_def from londiste.find_table_fkeys('child')"));

        assertThat(terminal.ok(config, "subscriber", "fkeys")).isEqualTo(active);
        assertThat(terminal.ok(config, "subscriber", "fkeys", "active")).isEqualTo(active);
        assertThat(terminal.ok(config, "subscriber", "fkeys", "pending")).isEmpty();

        subscriber.sql("select londiste.subscriber_drop_all_fkeys('public.parent')");
        subscriber.sql("select londiste.subscriber_drop_all_fkeys('public.own')");

        assertThat(terminal.ok(config, "subscriber", "fkeys")).isEqualTo(active.replace("active", "pending"));
        assertThat(terminal.ok(config, "subscriber", "fkeys", "active", "--json"))
                .isEqualTo("[ ]\n");
        assertThat(terminal.ok(config, "subscriber", "fkeys", "--json"))
                .startsWith(
                        "[\n  {\"status\":\"pending\",\"from_table\":\"public.child\",\"to_table\":\"public.parent\","
                                + "\"fkey_name\":\"child_parent_fkey\",\"fkey_def\":\"");
    }

    @Test
    void triggersArePendingUntilTheyAreRestored() {
        subscriber.sql("""
                create function f() returns trigger language plpgsql as 'begin return new; end';
                create trigger one before insert on parent for each row execute function f();
                create trigger two before insert on parent for each row execute function f();
                create trigger three before insert on child for each row execute function f();
                """);
        terminal.ok(config, "subscriber", "add", "parent");
        terminal.ok(config, "subscriber", "add", "--expect-sync", "--deny-writes", "child");

        assertThat(terminal.ok(config, "subscriber", "triggers")
                        .lines()
                        .map(line -> line.replaceAll("CREATE.*", "DEF")))
                .containsExactly(
                        "pending triggers",
                        "table_name       trigger_name     trigger_def",
                        "---------------  ---------------  ---------------",
                        "public.parent    one              DEF",
                        "public.parent    two              DEF",
                        "",
                        "active triggers",
                        "table_name       trigger_name     trigger_def",
                        "---------------  ---------------  ---------------",
                        "public.child     three            DEF",
                        "");

        fails(
                "SUBSCRIBER: table public.parent is NEW; its triggers can be restored when it is ok; nothing was changed",
                config,
                "subscriber",
                "restore-triggers",
                "parent");
        set("public.parent", "ok", null);
        fails(
                "SUBSCRIBER: table public.parent has no pending trigger three, only one, two; nothing was changed",
                config,
                "subscriber",
                "restore-triggers",
                "parent",
                "one",
                "three");
        fails(
                "SUBSCRIBER: table public.child has no pending triggers",
                config,
                "subscriber",
                "restore-triggers",
                "child");

        assertThat(terminal.londiste(config, "subscriber", "restore-triggers", "parent", "two")
                        .err())
                .isEqualTo("Restored trigger two of public.parent\n");
        assertThat(terminal.ok(config, "subscriber", "triggers", "pending", "--json"))
                .contains("\"one\"")
                .doesNotContain("\"two\"");
        terminal.ok(config, "subscriber", "restore-triggers", "public.parent");
        assertThat(terminal.ok(config, "subscriber", "triggers", "pending")).isEmpty();
        assertThat(
                        subscriber.sql(
                                "select tgname from pg_trigger where not tgisinternal and tgrelid = 'parent'::regclass order by 1"))
                .isEqualTo("one\ntwo");
    }

    @Test
    void restoredTriggersAreSavedAndDroppedAgain() {
        subscriber.sql("""
                create function f() returns trigger language plpgsql as 'begin return new; end';
                create trigger one before insert on parent for each row execute function f();
                create trigger two before insert on parent for each row execute function f();
                """);
        terminal.ok(config, "subscriber", "add", "--deny-writes", "parent");
        set("public.parent", "ok", null);
        terminal.ok(config, "subscriber", "restore-triggers", "parent");
        var pending = "select trigger_name from londiste.subscriber_pending_triggers order by 1";
        assertThat(subscriber.sql(pending)).isEmpty();

        assertThat(terminal.londiste(config, "subscriber", "save-triggers", "parent")
                        .err())
                .isEqualTo("Saved and dropped 2 triggers of public.parent\n");

        assertThat(subscriber.sql(pending)).isEqualTo("one\ntwo");
        assertThat(terminal.ok(config, "subscriber", "triggers", "active")).isEmpty();
        assertThat(refusal("insert into parent values (1)")).contains("londiste replicates it");
        assertThat(terminal.londiste(config, "subscriber", "save-triggers", "public.parent")
                        .err())
                .isEqualTo("public.parent has no triggers to save\n");
        fails(
                "SUBSCRIBER: not subscribed in queue queue: public.child; nothing was changed",
                config,
                "subscriber",
                "save-triggers",
                "child");
    }

    @Test
    void captureTriggersOfADumpAreReportedAndDroppedByInstall() {
        var installer = new Installer(subscriber.dataSource());
        installer.installPgq();
        installer.installLondisteProvider();
        subscriber.sql("select pgq.create_queue('queue'); select londiste.provider_add_table('queue', 'parent')");
        subscriber.sql("select londiste.provider_add_table('queue', 'child')");
        terminal.ok(config, "subscriber", "install");
        terminal.ok(config, "subscriber", "add", "parent"); // it is a provider, too: that is no mistake
        subscriber.sql(
                "delete from londiste.provider_table; truncate pgq.queue cascade"); // what a schema-only dump leaves

        var captured = "capture triggers came with a dump of a provider, and what the replay writes would fire them";
        assertThat(terminal.londiste(config, "subscriber", "check").out())
                .contains("error: public.parent: " + captured)
                .contains("run subscriber install, which drops them");
        var refused = terminal.londiste(config, "subscriber", "add", "child");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains(captured).contains("nothing was changed");

        assertThat(terminal.londiste(config, "subscriber", "install").err())
                .contains(
                        "Dropped the capture triggers that came with a dump of a provider: public.child, public.parent");
        assertThat(subscriber.number("select count(*) from pg_proc where proname like 'capture\\_1%'"))
                .isZero();
        terminal.ok(config, "subscriber", "add", "child");
        assertThat(terminal.ok(config, "subscriber", "check")).doesNotContain("capture triggers");
    }

    @Test
    void removingAParentWarnsOfItsChildren() {
        provider.sql(
                "create schema other; create table other.child (id int primary key, parent int references parent)");
        terminal.ok(config, "subscriber", "add", "--expect-sync", "parent", "child");
        var warning = "WARN: foreign key child_parent_fkey of public.child needs rows of public.parent, which is not"
                + " replicated any more: public.child will stop at a row that references a missing one, unless it is"
                + " removed as well or the foreign key is dropped on the subscriber";

        assertThat(terminal.londiste(config, "subscriber", "remove", "parent").errLines())
                .containsExactly("Removed public.parent", warning);
        assertThat(terminal.londiste(config, "subscriber", "remove", "child").errLines())
                .containsExactly("Removed public.child");
        assertThat(terminal.londiste(config, "provider", "remove", "parent").errLines())
                .containsExactly("Removed public.parent", warning);
    }

    @Test
    void queuesWhoseTriggersWouldHaveTheSameNamesAreNamed() {
        provider.sql("select pgq.create_queue('Queue'); select pgq.create_queue('other')");
        provider.sql("select londiste.provider_add_table('other', 'parent')"); // a table may be in two queues
        for (var table : new String[] {"parent", "child"}) {
            assertThatThrownBy(() -> provider.sql("select londiste.provider_add_table('Queue', ?)", table))
                    .hasMessageContaining("table public." + table + " is captured into queue \"queue\" already")
                    .hasMessageContaining("same names as those of queue \"Queue\" would have (queue_logger)");
        }
        subscriber.sql("select londiste.subscriber_guard('queue', 'parent')");
        assertThatThrownBy(() -> subscriber.sql("select londiste.subscriber_guard('Queue', 'parent')"))
                .hasMessageContaining("is guarded for queue \"queue\" already");
        subscriber.sql("select londiste.subscriber_guard('other', 'parent')");
    }

    @Test
    void aTriggerThatCannotBeMadeStaysPending() {
        subscriber.sql("""
                create function f() returns trigger language plpgsql as 'begin return new; end';
                create trigger one before insert on parent for each row execute function f();
                create function g() returns trigger language plpgsql as 'begin return new; end';
                create trigger two before insert on parent for each row execute function g();
                """);
        terminal.ok(config, "subscriber", "add", "parent");
        set("public.parent", "ok", null);
        subscriber.sql("drop function f()");

        var result = terminal.londiste(config, "subscriber", "restore-triggers", "parent");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.errLines())
                .containsExactly(
                        "Restored trigger two of public.parent",
                        "londiste: " + at(subscriber)
                                + ": trigger one of table public.parent stays pending: function public.f() does not exist");
        assertThat(terminal.ok(config, "subscriber", "triggers", "pending"))
                .contains("one")
                .doesNotContain("two");
    }

    @Test
    void missingIsWhatTheSubscriberLacks() {
        provider.sql("create table lost (id int primary key); create table dropped (id int primary key)");
        provider.sql("insert into londiste.provider_seq (queue_name, seq_name) values ('queue', 'public.s')");
        subscriber.sql("create table dropped (id int primary key)");
        terminal.ok(config, "provider", "add", "lost", "dropped");
        terminal.ok(config, "subscriber", "add", "parent", "dropped");
        subscriber.sql("drop table dropped");

        assertThat(terminal.ok(config, "subscriber", "missing").lines())
                .containsExactly(
                        "Table: public.child",
                        "Table: public.lost   does not exist on the subscriber",
                        "Table: public.dropped   does not exist on the subscriber",
                        "Sequence: public.s   does not exist on the subscriber");
        assertThat(terminal.ok(config, "subscriber", "missing", "--json"))
                .contains("  {\"kind\":\"table\",\"name\":\"public.child\",\"subscribed\":false,\"exists\":true},\n")
                .contains("  {\"kind\":\"table\",\"name\":\"public.dropped\",\"subscribed\":true,\"exists\":false},\n");
    }

    @Test
    void allOfASubscriberWithoutTablesIsNothing() {
        for (var command : new String[] {"remove", "resync"}) {
            assertThat(terminal.londiste(config, "subscriber", command, "--all").code())
                    .isZero();
        }
        for (var command : new String[] {"fkeys", "triggers", "check"}) {
            assertThat(terminal.ok(config, "subscriber", command)).isEmpty();
        }
    }
}
