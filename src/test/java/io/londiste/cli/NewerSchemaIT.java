package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.schema.Installed;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Downgrades: every command, on databases whose schemas are of a program to come, changes nothing. */
@ExtendWith(PostgresPair.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NewerSchemaIT {
    private static final String LONDISTE_OF_TOMORROW =
            "insert into londiste.upgrade (nr, name) values (" + (Installed.SCHEMA_VERSION + 1) + ", 'of tomorrow')";

    private static final String PGQ_OF_TOMORROW =
            "create or replace function pgq.implementation() returns text language sql immutable as"
                    + " 'select ''camel-londiste " + (Installed.PGQ_VERSION + 1) + "''::text'";

    private static final String AS_TODAY = "delete from londiste.upgrade where nr > " + Installed.SCHEMA_VERSION;

    private static final String PGQ_AS_TODAY =
            "create or replace function pgq.implementation() returns text language sql"
                    + " immutable as 'select ''camel-londiste " + Installed.PGQ_VERSION + "''::text'";

    /** All that a command could change: functions, triggers, tables, queues, positions. */
    private static final String EVERYTHING = """
            select 'function', p.oid::text, md5(p.prosrc) from pg_proc p where p.pronamespace::regnamespace::text in ('pgq', 'londiste')
            union all
            select 'relation', c.oid::text, c.relname from pg_class c where c.relnamespace::regnamespace::text in ('pgq', 'londiste', 'public')
            union all select 'trigger', t.oid::text, t.tgname from pg_trigger t
            union all select 'table', t.queue_name, t.table_name from londiste.provider_table t
            union all select 'subscribed', t.table_name, t.merge_state from londiste.subscriber_table t
            union all select 'position', t.consumer_id, t.last_tick_id::text from londiste.completed t
            union all select 'step', t.nr::text, t.name from londiste.upgrade t
            order by 1, 2, 3
            """;

    private static final String QUEUES = "select * from pgq.subscription; select q::text from pgq.queue q";

    private Terminal terminal;
    private String config;
    private String ticker;
    private Db provider;
    private Db subscriber;

    @BeforeAll
    void replicate(@TempDir Path directory, @Provider Db provider, @Subscriber Db subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
        terminal = new Terminal(directory);
        config = terminal.job(provider, subscriber);
        ticker = terminal.file(
                "ticker.ini",
                "[pgqadm]\ndb = " + provider.libpq() + "\npidfile = " + directory + "/ticker.pid\nlogfile = "
                        + directory + "/ticker.log\n");
        terminal.ok(config, "provider", "install");
        terminal.ok(config, "subscriber", "install");
        for (var db : List.of(provider, subscriber)) {
            db.sql("create table \"order\" (id int primary key); create table customer (id int primary key)");
        }
        terminal.ok(config, "provider", "add", "customer");
        terminal.ok(config, "subscriber", "add", "--expect-sync", "customer");
    }

    @BeforeEach
    void asToday() {
        provider.sql(AS_TODAY + ";" + PGQ_AS_TODAY);
        subscriber.sql(AS_TODAY);
    }

    static Stream<String> commands() {
        return UsageTest.configured()
                .filter(name -> !name.matches("londiste status|(londiste|pgqadm) check")) // which show it
                .filter(name -> !name.contains(" user")); // of a file, not of a database
    }

    static Stream<String> commandsOnQueues() {
        return commands().filter(name -> name.startsWith("pgqadm ") || name.startsWith("londiste provider "));
    }

    static Stream<String> commandsOfLondiste() {
        return commands().filter(name -> name.startsWith("londiste ") || name.endsWith(" install"));
    }

    private void assertRefused(String name, String schema, int version) {
        var before = List.of(provider.rows(EVERYTHING), subscriber.rows(EVERYTHING), provider.rows(QUEUES));
        var words = new ArrayList<>(UsageTest.example(name));
        boolean londiste = name.startsWith("londiste");
        words.add(0, londiste ? config : ticker);
        words.add(0, "-q");
        var arguments = words.toArray(String[]::new);

        var result = londiste ? terminal.londiste(arguments) : terminal.pgqadm(arguments);

        boolean compares = name.matches("londiste (compare|repair)"); // 1 means that something differs, then
        assertThat(result.code()).as(result.toString()).isEqualTo(compares ? 2 : 1);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines())
                .singleElement()
                .asString()
                .matches("(londiste|pgqadm): .*(provider|subscriber|database) t_.*: schema " + schema
                        + " is newer than this program \\(version " + version + "; it knows " + (version - 1)
                        + "\\); use the program that installed it(; nothing was changed)?");
        assertThat(List.of(provider.rows(EVERYTHING), subscriber.rows(EVERYTHING), provider.rows(QUEUES)))
                .isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("commandsOfLondiste")
    void aNewerLondisteIsRefused(String name) {
        provider.sql(LONDISTE_OF_TOMORROW);
        subscriber.sql(LONDISTE_OF_TOMORROW);

        assertRefused(name, "londiste", Installed.SCHEMA_VERSION + 1);
    }

    @ParameterizedTest
    @MethodSource("commandsOnQueues")
    void aNewerPgqIsRefused(String name) {
        provider.sql(PGQ_OF_TOMORROW);

        assertRefused(name, "pgq", Installed.PGQ_VERSION + 1);
    }

    @Test
    void aReplayNeedsBothSidesAsTheyAreToday() {
        provider.sql(PGQ_OF_TOMORROW);
        assertRefused("londiste replay", "pgq", Installed.PGQ_VERSION + 1);
        asToday();
        provider.sql(LONDISTE_OF_TOMORROW);
        assertRefused("londiste replay", "londiste", Installed.SCHEMA_VERSION + 1);
        asToday();
        subscriber.sql(LONDISTE_OF_TOMORROW);
        assertRefused("londiste replay", "londiste", Installed.SCHEMA_VERSION + 1);
    }

    @Test
    void statusAndCheckTellIt() {
        var newer = " is newer than this program (version ";
        for (var db : List.of(provider, subscriber)) {
            asToday();
            db.sql(LONDISTE_OF_TOMORROW);
            for (var command : List.of("status", "check")) {
                var result = terminal.londiste(config, command);
                assertThat(result.out()).as(command + " of " + db).contains(db.name(), "schema londiste" + newer);
                assertThat(result.code()).isEqualTo(1);
            }
        }
        asToday();
        provider.sql(PGQ_OF_TOMORROW);
        assertThat(terminal.londiste(config, "status").out()).contains("schema pgq" + newer);
        assertThat(terminal.londiste(config, "check").out()).contains("schema pgq" + newer);
        assertThat(terminal.pgqadm(ticker, "check").out()).contains("schema pgq" + newer);
    }
}
