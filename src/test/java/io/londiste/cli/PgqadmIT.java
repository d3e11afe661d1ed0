package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.cli.Terminal.Result;
import io.londiste.schema.Installer;
import io.londiste.test.Db;
import io.londiste.test.DebianPostgres;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands of pgqadm on our queues. */
@ExtendWith(PostgresPair.class)
class PgqadmIT {
    @TempDir
    Path directory;

    private Terminal terminal;
    private Db db;
    private String config;

    @BeforeEach
    void database(@Provider Db db) {
        use(db);
    }

    private void use(Db database) {
        db = database;
        terminal = new Terminal(directory);
        config = terminal.file("ticker.ini", "[pgqadm]\njob_name = ticker\ndb = " + db.libpq() + "\n");
    }

    private Result run(String... command) {
        var arguments = new String[command.length + 1];
        arguments[0] = config;
        System.arraycopy(command, 0, arguments, 1, command.length);
        return terminal.pgqadm(arguments);
    }

    private String ok(String... command) {
        var result = run(command);
        assertThat(result.code()).as(result.toString()).isZero();
        return result.out();
    }

    private void fails(String message, String... command) {
        var result = run(command);
        assertThat(result.errLines()).containsExactly("pgqadm: " + message);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
    }

    private String database() {
        return "database " + db.name() + " at " + db.host() + ":" + db.port();
    }

    private List<String> setting(String... columns) {
        return db.rows("select queue_" + String.join(", queue_", columns) + " from pgq.queue where queue_name = 'a'");
    }

    @Test
    void queuesAreCreatedAndDroppedAndConsumersComeAndGo() {
        assertThat(run("install").err()).contains("Installed pgq 3.5 in " + database());
        ok("install");
        assertThat(run("create", "a").err()).contains("Created queue a");
        assertThat(run("create", "a").err()).contains("Queue a exists already");
        assertThat(run("register", "a", "c").err()).contains("Registered c on queue a");
        assertThat(run("register", "a", "c").err()).contains("c is registered on queue a already");
        ok("register", "a", "b");

        fails(
                database() + ": queue a has consumers: b, c; unregister each with: pgqadm " + config
                        + " unregister a CONSUMER",
                "drop",
                "a");
        ok("unregister", "a", "b");
        assertThat(run("unregister", "a", "c").err()).contains("Unregistered c from queue a");
        fails(database() + ": c is not registered on queue a; there is none", "unregister", "a", "c");
        assertThat(run("drop", "a").err()).contains("Dropped queue a");

        assertThat(db.number("select count(*) from pgq.queue")).isZero();
    }

    @Test
    void unknownNamesAreReportedWithTheKnownOnes() {
        ok("install");
        for (var command : List.of(
                "drop q",
                "register q c",
                "unregister q c",
                "failed q",
                "failed q c",
                "retry q c 1",
                "discard q c --all",
                "config q",
                "config q ticker_paused=1")) {
            fails(database() + ": no such queue: q; there is none", command.split(" "));
        }
        ok("create", "a");
        ok("create", "b");
        fails(database() + ": no such queue: q; there are: a, b", "drop", "q");
        ok("register", "a", "d");
        fails(database() + ": c is not registered on queue a; there are: d", "unregister", "a", "c");
    }

    @Test
    void namesAndSettingsThatMakeNoSenseAreRefused() {
        ok("install");
        ok("create", "a");
        fails("a queue needs a name", "create", "");
        fails("a consumer needs a name", "register", "a", " ");
        fails("ticker_max_count cannot be less than 0: -5", "config", "a", "ticker_max_lag=1s", "ticker_max_count=-5");
        fails("ticker_max_lag cannot be less than 0: -1 s", "config", "a", "ticker_max_lag=-1 s");
        // the rotation of all queues would fail with it
        fails(
                database() + ": queue a, rotation_period: timestamp out of range",
                "config",
                "a",
                "rotation_period=99999999 years");
        assertThat(setting("ticker_max_lag", "ticker_max_count", "rotation_period"))
                .containsExactly("00:00:03|500|02:00:00");
    }

    @Test
    void withoutPgqItReportsHowToInstallIt() {
        for (var command :
                List.of("status", "create q", "drop q", "register q c", "unregister q c", "config", "ticker")) {
            fails(database() + ": pgq is not installed; run: pgqadm " + config + " install", command.split(" "));
        }
    }

    @Test
    void aQueueThatTablesAreCapturedIntoStays() {
        var job = terminal.job(db, db);
        db.sql("create table t (id int primary key)");
        terminal.ok(job, "provider", "install");
        terminal.ok(job, "provider", "add", "t");

        fails(
                database() + ": queue queue captures the changes of public.t; remove these tables with: londiste ..."
                        + " provider remove",
                "drop",
                "queue");
        db.sql("insert into t values (1)");
        terminal.ok(job, "provider", "remove", "t");
        ok("drop", "queue");
    }

    @Test
    void showsQueuesAndConsumers() {
        ok("install");
        assertStatus();
    }

    @Test
    void failedEventsAreShownRetriedAndDiscarded() {
        ok("install");
        ok("create", "a");
        failedEvents();
    }

    @Test
    void forFailedEventsMembershipInPgqAdminIsEnough() {
        ok("install");
        ok("create", "a");
        asMemberOfPgqAdmin();
        failedEvents();
    }

    @Test
    void forFailedEventsOfTheOriginalPgqMembershipInPgqAdminIsEnough() throws Exception {
        try (var original = DebianPostgres.database()) {
            use(original);
            original.sql("create extension pgq; select pgq.create_queue('a')");
            asMemberOfPgqAdmin();
            failedEvents();
        }
    }

    @Test
    void membershipInPgqAdminIsEnoughWhereQueuesAreReplicatedAsWell() {
        ok("install");
        new Installer(db.dataSource()).installLondisteProvider();
        var role = asMemberOfPgqAdmin();
        assertStatus();
        ok("register", "a", "job");
        ok("register", "a", "job_copy_public.t");
        assertThat(ok("status")).contains("job_copy_public.t");
        for (var consumer : List.of("job", "job_copy_public.t", "reader")) {
            ok("unregister", "a", consumer);
        }
        configures();
        failedEvents();
        var grant = "GRANT " + db.user() + " TO " + role;
        fails(
                database() + ": role " + role
                        + " may not see which tables are captured into queue a: it has to be a member" + " of role "
                        + db.user() + " (" + grant + ")",
                "drop",
                "a");
        db.sql(grant);
        ok("drop", "a");
    }

    private String asMemberOfPgqAdmin() {
        var role = db.role("admin", "login password 'p' in role pgq_admin");
        var connection = db.libpq().replaceFirst("user=.*", "user=" + role + " password=p");
        config = terminal.file("admin.ini", "[pgqadm]\njob_name = admin\ndb = " + connection + "\n");
        return role;
    }

    /** On queue a, which exists and has no consumers. */
    private void failedEvents() {
        ok("register", "a", "c");
        ok("register", "a", "d");
        assertThat(ok("failed", "a")).isEqualTo("No failed events\n");
        for (var consumer : List.of("c", "d")) {
            db.sql(
                    "select pgq.event_retry_raw('a', '%s', 'infinity', n, '2026-01-02 03:04:05Z', 1, 'mail', '{\"to\": ' || n"
                                    .formatted(consumer)
                            + " || '}', 'x1', null, null, null) from generate_series(11, 13) as n");
        }
        db.sql("update pgq.retry_queue set ev_retry_after = '2126-01-02 03:04:05Z' where ev_id = 12");

        assertThat(ok("failed", "a", "c").lines())
                .containsExactly(
                        "c failed events",
                        "event            written               retries          retry                 type             data",
                        "---------------  ---------------       ---------------  ---------------       ---------------  ---------------",
                        "11               2026-01-02T03:04:05Z  1                parked                mail             {\"to\": 11}",
                        "12               2026-01-02T03:04:05Z  1                2126-01-02T03:04:05Z  mail             {\"to\": 12}",
                        "13               2026-01-02T03:04:05Z  1                parked                mail             {\"to\": 13}",
                        "");
        assertThat(ok("failed", "a")).contains("c failed events", "d failed events");
        assertThat(ok("failed", "a", "d", "--json"))
                .contains(
                        "{\"consumer\":\"d\",\"event\":11,\"written\":\"2026-01-02T03:04:05Z\",\"retries\":1,\"retry_at\":null,"
                                + "\"type\":\"mail\",\"data\":\"{\\\"to\\\": 11}\",\"extra1\":\"x1\",\"extra2\":null,\"extra3\":null,"
                                + "\"extra4\":null}");

        var none = database() + ": queue a has no failed event 14, 15 of c; list them with: pgqadm " + config
                + " failed a";
        fails(none, "retry", "a", "c", "11", "14", "15");
        fails(none, "discard", "a", "c", "11", "14", "15");
        fails(database() + ": e is not registered on queue a; there are: c, d", "failed", "a", "e");
        fails(database() + ": e is not registered on queue a; there are: c, d", "retry", "a", "e", "--all");
        fails(database() + ": e is not registered on queue a; there are: c, d", "discard", "a", "e", "--all");
        assertThat(run("retry", "a", "c").code()).isEqualTo(2);
        assertThat(run("discard", "a", "c", "11", "--all").code()).isEqualTo(2);
        assertThat(waiting()).containsExactly("c|11", "c|12", "c|13", "d|11", "d|12", "d|13");

        assertThat(run("discard", "a", "c", "11").err()).contains("Discarded 1 event of c on queue a");
        assertThat(run("retry", "a", "c", "12", "12").err()).contains("Put 1 event of c into queue a again");
        assertThat(waiting()).containsExactly("c|13", "d|11", "d|12", "d|13");
        assertThat(db.rows("select ev_id, ev_retry, ev_data, ev_extra1 from "
                        + db.sql("select pgq.current_event_table('a')")))
                .containsExactly("12|1|{\"to\": 12}|x1");
        assertThat(run("retry", "a", "d", "--all").err()).contains("Put 3 events of d into queue a again");
        assertThat(run("discard", "a", "c", "--all").err()).contains("Discarded 1 event of c on queue a");
        assertThat(waiting()).isEmpty();
        ok("unregister", "a", "c");
        ok("unregister", "a", "d");
    }

    private List<String> waiting() {
        return db.rows("select co_name, ev_id from pgq.retry_queue join pgq.subscription on sub_id = ev_owner"
                + " join pgq.consumer on co_id = sub_consumer order by co_name, ev_id");
    }

    /** On the original, which is left as it is. */
    @Test
    void worksOnTheOriginalPgq() throws Exception {
        try (var original = DebianPostgres.database()) {
            use(original);
            original.sql("create extension pgq");
            assertThat(run("install").err()).contains("Using existing pgq 3.5 in " + database());
            assertStatus();
            configures();
            ok("unregister", "a", "reader");
            failedEvents();
            ok("drop", "a");
        }
    }

    private void assertStatus() {
        ok("create", "b");
        ok("create", "a");
        ok("register", "a", "reader");
        ok("config", "b", "ticker_max_lag=100 ms");
        db.sql(
                "update pgq.tick set tick_time = now() - interval '3700 s'; update pgq.subscription set sub_active = now() - interval '64 s'");

        assertThat(ok("status")
                        .replaceAll("370[0-5]s", "3700s")
                        .replaceAll("6[4-9]s", "64s")
                        .lines())
                .containsExactly(
                        "Postgres version: %s   PgQ version: 3.5".formatted(db.sql("show server_version")),
                        "",
                        "Event queue                               Rotation            Ticker      TLag",
                        "-".repeat(78),
                        "a                                          3/7200s        500/3s/60s     3700s",
                        "b                                          3/7200s      500/0.1s/60s     3700s",
                        "-".repeat(78),
                        "",
                        "Consumer                                                         Lag  LastSeen",
                        "-".repeat(78),
                        "a:",
                        "  reader                                                       3700s       64s",
                        "b:",
                        "-".repeat(78));
    }

    @Test
    void showsAndChangesSettings() {
        ok("install");
        ok("create", "b");
        ok("create", "a");
        configures();
    }

    @Test
    void showsJson() {
        ok("install");
        assertThat(ok("status", "--json")).isEqualTo("[ ]\n");
        ok("create", "a");
        ok("create", "b");
        ok("config", "a", "ticker_max_lag=100ms");
        ok("register", "a", "c");

        assertThat(ok("status", "--json").lines().filter(line -> line.contains("\"queue\":\"a\"")))
                .first()
                .asString()
                .contains(
                        "\"tables\":3,\"rotation_period\":7200,\"ticker_max_count\":500,\"ticker_max_lag\":0.1,",
                        "\"ticker_paused\":false,\"external_ticker\":false,\"ticker_lag\":",
                        "\"events_per_second\":null,\"new_events\":0,\"last_tick\":1,\"consumers\":[");
        assertThat(ok("status", "--json")).contains("\"consumer\":\"c\"", "\"last_seen\":", "\"current_batch\":null");
        assertThat(ok("config", "b", "--json"))
                .contains("\"queue\":\"b\"", "\"ticker_idle_period\":60")
                .doesNotContain("\"queue\":\"a\"", "consumers");
        assertThat(ok("config", "--json")).contains("\"queue\":\"a\"");
    }

    private void configures() {
        assertThat(ok("config", "a").lines())
                .containsExactly(
                        "a",
                        "    ticker_max_count   = 500",
                        "    ticker_max_lag     = 3s",
                        "    ticker_idle_period = 60s",
                        "    ticker_paused      = false",
                        "    rotation_period    = 7200s",
                        "    external_ticker    = false");
        assertThat(ok("config").lines()).hasSize(14).startsWith("a").contains("b");

        var result = run(
                "config",
                "a",
                "ticker_max_count=1",
                "queue_ticker_max_lag=1.5s",
                "ticker_idle_period=2 min",
                "ticker_paused=true",
                "rotation_period=1:30:00",
                "external_ticker=false");
        assertThat(result.code()).isZero();
        assertThat(result.err()).contains("Set ticker_max_lag of queue a to 1.5s");
        assertThat(setting(
                        "ticker_max_count", "ticker_max_lag", "ticker_idle_period", "ticker_paused", "rotation_period"))
                .containsExactly("1|00:00:01.5|00:02:00|t|01:30:00");
        assertThat(ok("status")).contains(" 3/5400s            paused ");

        fails(
                "no such parameter of a queue: max_lag; there are: ticker_max_count, ticker_max_lag, ticker_idle_period,"
                        + " ticker_paused, rotation_period, external_ticker",
                "config",
                "a",
                "ticker_max_count=2",
                "max_lag=1s");
        fails(
                database() + ": queue a, ticker_max_lag: invalid input syntax for type interval: \"soon\"",
                "config",
                "a",
                "ticker_max_count=2",
                "ticker_max_lag=soon");
        fails(
                database() + ": queue a, ticker_max_count: invalid input syntax for type integer: \"many\"",
                "config",
                "a",
                "ticker_max_count=many");
        assertThat(setting("ticker_max_count")).containsExactly("1");
    }
}
