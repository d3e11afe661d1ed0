package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.daemon.ExitCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommandsIT extends JobFixture {
    @BeforeEach
    void tables() {
        onBoth("""
                create schema sales;
                create table t1 (id int primary key, v text);
                create table t2 (id int primary key, v text);
                create table sales.items (id int primary key, t1 int references t1);
                create table sales."Odd Name" (id int primary key);
                """);
        install();
    }

    private String states() {
        return subscriber.sql(
                "select table_name, coalesce(merge_state, 'NEW'), skip_truncate from londiste.subscriber_table order by nr");
    }

    @Test
    void installingTwiceChangesNothing() {
        var again = terminal.londiste(config, "provider", "install");

        assertThat(again.code()).isZero();
        assertThat(again.err()).contains("Queue queue exists already");
        assertThat(provider.sql("select queue_ticker_max_lag from pgq.queue")).isEqualTo("00:00:00.005");
        assertThat(terminal.londiste(config, "subscriber", "install").code()).isZero();
    }

    @Test
    void providerTablesAreAddedAndRemoved() {
        provider.sql("create table keyless (i int)");
        assertThat(terminal.londiste(config, "provider", "add", "sales.items", "t1")
                        .err())
                .isEqualTo("Added sales.items\nAdded public.t1\n");
        assertThat(terminal.ok(config, "provider", "tables")).isEqualTo("sales.items\npublic.t1\n");

        var all = terminal.londiste(config, "provider", "add", "--all");

        assertThat(all.code()).isZero();
        assertThat(all.err().lines())
                .containsExactly(
                        "WARN: Skipping public.keyless: no primary key", "Added public.t2", "Added sales.\"Odd Name\"");

        assertThat(terminal.londiste(config, "provider", "add", "--all").err())
                .isEqualTo("WARN: Skipping public.keyless: no primary key\nAll others are registered already\n");
        assertThat(terminal.londiste(config, "provider", "add", "sales.*"))
                .isEqualTo(new Terminal.Result(
                        0, "", "sales.\"Odd Name\" is registered already\nsales.items is registered already\n"));

        terminal.ok("-q", config, "provider", "remove", "sales.*");

        assertThat(terminal.ok(config, "provider", "tables")).isEqualTo("public.t1\npublic.t2\n");
    }

    @Test
    void aNameWithALineEndIsOneLineOfAList() {
        onBoth("create table \"two\nlines\" (id int primary key)");
        terminal.ok("-q", config, "provider", "add", "two\nlines");
        var written = "public.\"two\\nlines\"";
        assertThat(terminal.ok(config, "provider", "tables")).isEqualTo(written + "\n");
        assertThat(terminal.ok(config, "subscriber", "missing")).isEqualTo("Table: " + written + "\n");

        terminal.ok("-q", config, "subscriber", "add", "two\nlines");

        assertThat(terminal.ok(config, "subscriber", "tables").lines().skip(1))
                .singleElement()
                .asString()
                .startsWith(written + " ");
        assertThat(terminal.ok(config, "provider", "tables", "--json")).contains("two\\nlines");
    }

    @Test
    void allLeavesOutWhatBelongsToTheQueueAndTheReplication() {
        provider.sql("""
                create schema pgq_ext; create table pgq_ext.t (id int primary key);
                create schema pgq_node; create table pgq_node.t (id int primary key);
                create schema pgx; create table pgx.t (id int primary key);
                create table root (id int primary key) partition by range (id);
                create table leaf partition of root for values from (1) to (9);
                create table tree (id int primary key);
                create table above_all (primary key (id)) inherits (tree);
                """);

        terminal.ok(config, "provider", "add", "--all");

        assertThat(terminal.ok(config, "provider", "tables").lines())
                .containsExactly(
                        "pgx.t",
                        "public.root",
                        "public.t1",
                        "public.t2",
                        "public.tree",
                        "sales.\"Odd Name\"",
                        "sales.items");
    }

    @Test
    void tablesThatInheritAreNamedWhenTheirParentIsAdded() {
        provider.sql("create table tree (id int primary key); create table branch (primary key (id)) inherits (tree);"
                + " create table root (id int primary key) partition by range (id);"
                + " create table leaf partition of root default");

        assertThat(terminal.londiste(config, "provider", "add", "tree", "root").err())
                .isEqualTo(
                        "Added public.tree\nWARN: public.tree is captured together with the tables that inherit from it"
                                + " (public.branch), as far as they have its columns. A key may occur in several of these"
                                + " tables, since each checks only its own: of such rows the subscriber has one, with the"
                                + " values of the last change\nAdded public.root\n");
    }

    @Test
    void allOfTheProviderAreRemoved() {
        terminal.ok(config, "provider", "add", "--all");
        assertThat(terminal.ok(config, "provider", "tables", "--json")).isEqualTo("""
                        [
                          {"name":"public.t1"},
                          {"name":"public.t2"},
                          {"name":"sales.\\"Odd Name\\""},
                          {"name":"sales.items"}
                        ]
                        """);

        terminal.ok(config, "provider", "remove", "--all");

        assertThat(terminal.ok(config, "provider", "tables")).isEmpty();
        assertThat(provider.sql("select tgname from pg_trigger where not tgisinternal"))
                .isEmpty();
        assertThat(terminal.londiste(config, "provider", "remove", "--all").code())
                .isZero();
    }

    @Test
    void allOfTheSubscriberAreRemoved() {
        terminal.ok(config, "provider", "add", "--all");
        terminal.ok(config, "subscriber", "add", "--all");

        terminal.ok(config, "subscriber", "remove", "--all");

        assertThat(states()).isEmpty();
        assertThat(terminal.ok(config, "provider", "tables").lines()).hasSize(4);
    }

    @Test
    void quietPrintsNothing() {
        var result = terminal.londiste(config, "provider", "add", "-q", "t1");

        assertThat(result).isEqualTo(new Terminal.Result(0, "", ""));
    }

    @Test
    void subscriberTablesHaveTheirStates() {
        terminal.ok(config, "provider", "add", "--all");
        terminal.ok(config, "subscriber", "add", "t1", "sales.items");
        terminal.ok(config, "subscriber", "add", "--excect-sync", "t2");
        subscriber.sql(
                "update londiste.subscriber_table set merge_state = 'in-copy', reason = E'no\\nspace' where table_name = 'sales.items'");

        assertThat(terminal.ok(config, "subscriber", "tables").lines())
                .containsExactly(
                        "Table                                           State",
                        "public.t1                                         NEW",
                        "sales.items                                   in-copy   no space",
                        "public.t2                                          ok");
    }

    @Test
    void whatTheProviderDoesNotHaveIsSkipped() {
        terminal.ok(config, "provider", "add", "t1");

        var result = terminal.londiste(config, "subscriber", "add", "t1", "t2");

        assertThat(result.code()).isZero();
        assertThat(result.err())
                .isEqualTo("WARN: Skipping public.t2: not registered on the provider\nAdded public.t1\n");
        assertThat(states()).isEqualTo("public.t1|NEW|f");
        assertThat(terminal.londiste(config, "subscriber", "add", "t1").err())
                .isEqualTo("public.t1 is subscribed already\n");
    }

    @Test
    void allOfTheProviderAreAddedWithTheOptions() {
        terminal.ok(config, "provider", "add", "t1", "t2");

        terminal.ok(config, "subscriber", "add", "--all", "--skip-truncate");

        assertThat(states()).isEqualTo("public.t1|NEW|t\npublic.t2|NEW|t");
    }

    @Test
    void differencesAreForced() {
        provider.sql("alter table t1 add more text");
        subscriber.sql("alter table t1 add own text");
        terminal.ok(config, "provider", "add", "t1");

        var result = terminal.londiste(config, "subscriber", "add", "--force", "t1");

        assertThat(result.code()).isZero();
        assertThat(result.err().lines())
                .containsExactly(
                        "WARN: public.t1: the subscriber's table has no column more",
                        "WARN: public.t1: the provider's table has no column own",
                        "Added public.t1");
        assertThat(states()).isEqualTo("public.t1|NEW|f");
    }

    @Test
    void triggersWaitForTheCopyUnlessTheTableIsInSync() {
        subscriber.sql("""
                create function f() returns trigger language plpgsql as 'begin return new; end';
                create trigger one before insert on t1 for each row execute function f();
                create trigger two before insert on t2 for each row execute function f();
                """);
        terminal.ok(config, "provider", "add", "t1", "t2");

        terminal.ok(config, "subscriber", "add", "t1");
        terminal.ok(config, "subscriber", "add", "t2", "--expect-sync");

        assertThat(subscriber.sql("select tgname from pg_trigger where not tgisinternal"))
                .isEqualTo("two");
        assertThat(subscriber.sql("select table_name, trigger_name from londiste.subscriber_pending_triggers"))
                .isEqualTo("public.t1|one");

        terminal.ok(config, "subscriber", "remove", "t?");

        assertThat(subscriber.sql("select tgname from pg_trigger where not tgisinternal order by 1"))
                .isEqualTo("one\ntwo");
        assertThat(states()).isEmpty();
    }

    @Test
    void aTableThatIsTakenToBeInSyncMissesNothingFromThenOn() {
        terminal.ok(config, "provider", "add", "t1");

        terminal.ok(config, "subscriber", "add", "--expect-sync", "t1");

        assertThat(provider.sql("select co_name from pgq.subscription join pgq.consumer on co_id = sub_consumer"))
                .isEqualTo("job");
    }

    @Test
    void registeringIsRefusedWhereChangesWouldBeLeftOut() {
        subscriber.sql("insert into londiste.completed values ('job', 4711), ('other', 1)");

        var result = terminal.londiste(config, "subscriber", "register");

        assertThat(result.code()).isEqualTo(ExitCode.FAILED);
        assertThat(result.err())
                .contains("consumer job is not registered on queue queue of provider " + provider.name())
                .contains("has applied the queue up to tick 4711; changes are lost")
                .contains("run londiste " + config + " subscriber unregister, and start it");
        assertThat(provider.number("select count(*) from pgq.subscription")).isZero();

        terminal.ok(config, "subscriber", "unregister");
        terminal.ok(config, "subscriber", "register");

        assertThat(provider.sql("select co_name from pgq.subscription join pgq.consumer on co_id = sub_consumer"))
                .isEqualTo("job");
        assertThat(subscriber.sql("select consumer_id from londiste.completed")).isEqualTo("other");

        subscriber.sql("insert into londiste.completed values ('job', 4711)");
        terminal.ok(config, "subscriber", "register");

        assertThat(subscriber.number("select count(*) from londiste.completed")).isEqualTo(2);
    }

    @Test
    void unregisteringRemovesTheConsumersOfCopies() {
        terminal.ok(config, "provider", "add", "t1");
        terminal.ok(config, "subscriber", "register");
        terminal.ok(config, "subscriber", "add", "--expect-sync", "t1");
        provider.sql(
                "select pgq.register_consumer('queue', name) from unnest('{job_copy_t1,job_copy_2}'::text[]) name");
        subscriber.sql("insert into londiste.copy_consumer values ('job_copy_t1', 'job', 'queue', 'public.t1')");

        terminal.ok(config, "subscriber", "unregister");

        assertThat(provider.sql("select co_name from pgq.subscription join pgq.consumer on co_id = sub_consumer"))
                .isEqualTo("job_copy_2");
        assertThat(states()).isEqualTo("public.t1|NEW|f");
        assertThat(terminal.londiste(config, "subscriber", "unregister").code()).isZero();
    }
}
