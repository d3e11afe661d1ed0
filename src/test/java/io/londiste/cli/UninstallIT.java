package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.table.ReplayLock;
import io.londiste.test.Db;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code uninstall} removes on either side, and what keeps it from that. */
class UninstallIT extends JobFixture {
    /** Everything in a database that did not come with it. */
    private static final String OBJECTS = """
            select 'schema ' || nspname from pg_namespace where nspname !~ '^(pg_|information_schema$)'
            union all select 'relation ' || relnamespace::regnamespace || '.' || relname from pg_class
              where relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
            union all select 'function ' || oid::regprocedure from pg_proc
              where pronamespace::regnamespace::text !~ '^(pg_|information_schema$)'
            union all select 'trigger ' || tgname || ' of ' || tgrelid::regclass from pg_trigger
            order by 1
            """;

    private List<String> before;

    @BeforeEach
    void replicate() {
        onBoth("create table t (id int primary key, v text); create sequence s");
        subscriber.sql("create function f() returns trigger language plpgsql as 'begin return new; end';"
                + " create trigger keep before insert on t for each row execute function f()");
        before = objects();
        install();
        terminal.ok(config, "provider", "add", "t");
        terminal.ok(config, "provider", "add-seq", "s");
        terminal.ok(config, "subscriber", "add", "--deny-writes", "t");
        terminal.ok(config, "subscriber", "add-seq", "s");
        terminal.ok(config, "subscriber", "register");
    }

    private List<String> objects() {
        var objects = new ArrayList<>(provider.rows(OBJECTS));
        objects.addAll(subscriber.rows(OBJECTS));
        return objects;
    }

    private static String at(Db db) {
        return db.name() + " at " + db.host() + ":" + db.port();
    }

    private void refused(String message, String... command) {
        var installed = objects();

        var result = terminal.londiste(command);

        assertThat(result.err()).isEqualTo("londiste: " + message + "; nothing was changed\n");
        assertThat(result.code()).isEqualTo(1);
        assertThat(objects()).isEqualTo(installed);
    }

    @Test
    void afterTheReplicationHasEndedNothingIsLeft() {
        refused(
                "subscriber " + at(subscriber)
                        + ": in use are subscribed tables: public.t; subscribed sequences: public.s;"
                        + " saved triggers: keep of public.t; run subscriber remove --all, subscriber remove-seq --all and"
                        + " subscriber unregister first, or lose them with --force",
                config,
                "subscriber",
                "uninstall");
        refused(
                "provider " + at(provider)
                        + ": in use are captured tables: public.t; captured sequences: public.s; consumers"
                        + " of queue queue: job; run provider remove --all, provider remove-seq --all, and for each job"
                        + " subscriber unregister first, or lose them with --force",
                config,
                "provider",
                "uninstall");
        for (var side : new String[] {"subscriber", "provider"}) {
            terminal.ok(config, side, "remove", "--all");
            terminal.ok(config, side, "remove-seq", "--all");
        }
        terminal.ok(config, "subscriber", "unregister");

        var here = terminal.londiste(config, "subscriber", "uninstall");
        var there = terminal.londiste(config, "provider", "uninstall");

        assertThat(here.err()).isEqualTo("Dropped schema londiste of subscriber " + at(subscriber) + "\n");
        assertThat(there.err())
                .startsWith("Dropped schema londiste of provider " + at(provider)
                        + "\nDropped queue queue\nDropped schema pgq of" + " provider " + at(provider) + "\n");
        assertThat(objects()).isEqualTo(before);
        assertThat(terminal.londiste(config, "subscriber", "uninstall").err())
                .isEqualTo("Schema londiste is not installed in subscriber " + at(subscriber) + "\n");
        assertThat(terminal.londiste(config, "provider", "uninstall").code()).isZero();
    }

    @Test
    void whatOthersHaveMadeOnTopIsOnlyLostByForce() {
        for (var side : new String[] {"subscriber", "provider"}) {
            terminal.ok(config, side, "remove", "--all");
            terminal.ok(config, side, "remove-seq", "--all");
        }
        terminal.ok(config, "subscriber", "unregister");
        provider.sql("create view lag as select lag from pgq.get_consumer_info();"
                + " create table mine (id int primary key); create trigger of_others after insert on mine"
                + " for each row execute function pgq.jsontriga('queue')");
        subscriber.sql("create view tables as select table_name from londiste.subscriber_table");

        refused(
                "subscriber " + at(subscriber)
                        + ": in use are objects that depend on schema londiste: rule _RETURN on view tables; run subscriber"
                        + " remove --all, subscriber remove-seq --all and subscriber unregister first, or lose them with"
                        + " --force",
                config,
                "subscriber",
                "uninstall");
        refused(
                "provider " + at(provider)
                        + ": in use are objects that depend on schema pgq: rule _RETURN on view lag, trigger of_others on"
                        + " table mine; run provider remove --all, provider remove-seq --all, and for each job subscriber"
                        + " unregister first, or lose them with --force",
                config,
                "provider",
                "uninstall");
        assertThat(terminal.londiste(config, "provider", "uninstall", "--force").err())
                .startsWith(
                        "WARN: Lost are objects that depend on schema pgq: rule _RETURN on view lag, trigger of_others"
                                + " on table mine\n");
    }

    @Test
    void byForceWhatIsLostIsReported() {
        var here = terminal.londiste(config, "subscriber", "uninstall", "--force");
        var there = terminal.londiste(config, "provider", "uninstall", "--force");

        assertThat(here.err())
                .startsWith(
                        "WARN: Lost are subscribed tables: public.t\nWARN: Lost are subscribed sequences: public.s\n"
                                + "WARN: Lost are saved triggers: keep of public.t\nDropped schema londiste");
        assertThat(here.code()).isZero();
        assertThat(there.err())
                .startsWith("WARN: Lost are captured tables: public.t\n")
                .contains("Dropped schema pgq");
        before.remove("trigger keep of t");
        assertThat(objects()).isEqualTo(before);
        onBoth("insert into t values (1, 'x')");
    }

    @Test
    void aQueueOfOthersKeepsPgq() {
        provider.sql("select pgq.create_queue('mails')");

        var there = terminal.londiste(config, "provider", "uninstall", "--force");

        assertThat(there.err())
                .endsWith("Dropped queue queue\nLeft pgq in provider " + at(provider)
                        + ", which has other queues: mails\n");
        assertThat(provider.sql("select queue_name from pgq.queue")).isEqualTo("mails");
    }

    @Test
    void rolesThatOthersAreMembersOfAreLeft() {
        provider.role("reader", "in role pgq_reader");

        terminal.ok(config, "provider", "uninstall", "--force");

        assertThat(provider.sql("select rolname from pg_roles where rolname = 'pgq_reader'"))
                .isEqualTo("pgq_reader");
    }

    @Test
    void aRunningReplayKeepsTheSubscribersSchema() throws Exception {
        try (var replay = subscriber.connect();
                var take = replay.prepareStatement(ReplayLock.TAKE)) {
            take.setString(1, "job");
            take.execute();

            var result = terminal.londiste(config, "subscriber", "uninstall", "--force");

            assertThat(result.err())
                    .startsWith("londiste: subscriber " + at(subscriber) + ": a replay runs (")
                    .endsWith("); stop it first; nothing was changed\n");
            assertThat(result.code()).isEqualTo(1);
        }
    }
}
