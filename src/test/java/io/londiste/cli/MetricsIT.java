package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Db;
import io.londiste.test.PostgresPair.Provider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The metrics of daemons for Prometheus, and the answers of their health checks. */
class MetricsIT extends DaemonFixture {
    private static final Pattern ADDRESS = Pattern.compile("Metrics at (http://\\S+)");
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z][a-z0-9_]*)(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*})? [-+0-9.eEInfNa]+");
    private static final Pattern LAG = Pattern.compile("(?m)^londiste_lag_seconds\\{job=\"job\"} (\\S+)$");
    private static final Pattern OURS = Pattern.compile("\\b(?:londiste|pgq)_[a-z_]+\\b");
    /** What promtool takes for units that others should be converted to. */
    private static final Pattern FOREIGN_UNIT =
            Pattern.compile(".*_(milliseconds|ms|minutes|hours|kilobytes|megabytes|percent)(_.*)?");

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void install() throws Exception {
        provider.sql("create table t (id int primary key); insert into t values (1), (2)");
        subscriber.sql("create table t (id int primary key)");
        shell.succeed("londiste conf.ini provider install");
        shell.succeed("londiste conf.ini subscriber install");
        for (var ini : List.of("conf.ini", "ticker.ini")) {
            set(ini, "metrics = 127.0.0.1:0");
        }
    }

    private URI address(String job) throws IOException {
        return ADDRESS.matcher(shell.log(job))
                .results()
                .map(found -> URI.create(found.group(1)))
                .findFirst()
                .orElseThrow();
    }

    private HttpResponse<String> get(URI address) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    }

    private String scrape(String job) throws IOException, InterruptedException {
        var answer = get(address(job));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain; version=0.0.4");
        return answer.body();
    }

    private static Set<String> names(String exposition) {
        return TYPE.matcher(exposition)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> ours(String text) {
        return OURS.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void bothDaemonsExposeTheirMetricsByTheRules() throws Exception {
        shell.succeed("pgqadm -d ticker.ini ticker");
        shell.succeed("londiste -d conf.ini replay");
        shell.succeed("londiste conf.ini provider add t");
        shell.succeed("londiste conf.ini subscriber add t --wait");
        provider.sql("insert into t values (3); delete from t where id = 1");
        Awaitility.await("what was applied is told").untilAsserted(() -> assertThat(scrape("job"))
                .contains("londiste_table_changes_total{job=\"job\",operation=\"insert\",table=\"public.t\"} 1.0\n")
                .contains("londiste_table_changes_total{job=\"job\",operation=\"delete\",table=\"public.t\"} 1.0\n")
                .contains("londiste_table_in_sync{job=\"job\",table=\"public.t\"} 1.0\n")
                .contains("londiste_daemon_state{job=\"job\",state=\"running\"} 1.0\n")
                .contains("pgq_consumer_lag_seconds{consumer=\"job\",job=\"job\",queue=\"londiste.replika\"}"));
        var replay = scrape("job");
        var ticker = scrape("ticker");
        assertThat(ticker)
                .contains("londiste_ticker_ticks_total")
                .contains("pgq_queue_ticks_total{job=\"ticker\",queue=\"londiste.replika\"}");
        for (var exposition : List.of(replay, ticker)) {
            lint(exposition);
            assertThat(exposition).doesNotContain(provider.password());
        }
        documented(replay + ticker);
    }

    /** The rules of {@code promtool check metrics}. */
    private static void lint(String exposition) {
        assertThat(exposition.lines().filter(line -> !line.startsWith("#"))).allMatch(line -> line.contains("job=\""));
        var types = TYPE.matcher(exposition).results().toList();
        assertThat(types).isNotEmpty();
        for (var type : types) {
            var name = type.group(1);
            assertThat(name).matches("[a-z][a-z0-9_]*").doesNotMatch(FOREIGN_UNIT);
            assertThat(name).doesNotContain("_gauge").doesNotContain("_counter");
            assertThat(exposition).containsPattern("(?m)^# HELP " + name + " \\S");
            assertThat(name.endsWith("_total")).as(name).isEqualTo(type.group(2).equals("counter"));
        }
        assertThat(types.stream().map(type -> type.group(1))).doesNotHaveDuplicates();
        assertThat(exposition.lines().filter(line -> !line.startsWith("#")))
                .allMatch(line -> SAMPLE.matcher(line).matches());
    }

    /** The documentation lists each metric, and neither it nor the examples name one that does not exist. */
    private static void documented(String exposition) throws IOException {
        var page = Files.readString(Path.of("examples/monitoring/README.md"));
        assertThat(names(exposition)).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
        // these appear with a running copy, a stopped table and a comparison
        var others = Set.of(
                "londiste_table_copy_ratio",
                "londiste_table_copied_rows",
                "londiste_table_copied_bytes",
                "londiste_table_comparison_timestamp_seconds",
                "londiste_table_differs",
                "londiste_table_different_rows",
                "londiste_table_comparison_failed",
                "londiste_table_stop_reason");
        var known = new TreeSet<>(names(exposition));
        known.addAll(others);
        assertThat(ours(page)).isEqualTo(ours(String.join(" ", known)));
        for (var example : List.of("alerts.yml", "grafana-dashboard.json")) {
            var text = Files.readString(Path.of("examples/monitoring", example));
            assertThat(known).as(example).containsAll(ours(text));
            assertThat(ours(text)).isNotEmpty();
        }
    }

    @Test
    void healthIsGoodUntilSomethingIsInTheWay(@Provider Db provider) throws Exception {
        Files.writeString(
                directory.resolve("conf.ini"), "lag_limit = 0.001\nembedded_ticker = 1\n", StandardOpenOption.APPEND);
        shell.succeed("londiste -d conf.ini replay");
        var health = address("job").resolve("/health");
        Awaitility.await().untilAsserted(() -> {
            assertThat(get(health.resolve("/health/live")).body()).contains("\"status\":\"UP\",\"state\":\"running\"");
            assertThat(get(health.resolve("/health/live")).statusCode()).isEqualTo(200);
        });
        provider.sql("alter table pgq.tick rename to away");
        Awaitility.await().untilAsserted(() -> {
            var ready = get(health.resolve("/health/ready"));
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("\"status\":\"DOWN\"").contains("tick");
        });
        provider.sql("alter table pgq.away rename to tick");
        assertThat(get(health.resolve("/health/live")).statusCode()).isEqualTo(200);
    }

    @Test
    void tablesThatDifferOrMayDifferAreShownWithTheReason() throws Exception {
        Files.writeString(
                directory.resolve("conf.ini"), "embedded_ticker = 1\ncompare_every = 1\n", StandardOpenOption.APPEND);
        for (var db : List.of(provider, subscriber)) {
            db.sql("create table missed (id int primary key)");
        }
        shell.succeed("londiste -d conf.ini replay");
        shell.succeed("londiste conf.ini provider add t missed");
        shell.succeed("londiste conf.ini subscriber add t missed --wait");
        var health = address("job").resolve("/health");
        assertThat(get(health).body()).contains("\"tables\":[]");

        provider.sql("alter table missed disable trigger all; insert into missed values (1)");
        assertThat(shell.type("londiste conf.ini subscriber check").said())
                .contains("error: public.missed: changes on the provider may not have been captured: capture trigger");
        provider.sql("select londiste.maint_capture()");
        subscriber.sql("delete from t where id = 1; insert into t values (8), (9)");

        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(scrape("job"))
                .contains("londiste_table_stopped{job=\"job\",table=\"public.missed\"} 1.0\n")
                .containsPattern(
                        "londiste_table_stop_reason\\{job=\"job\",reason=\"changes on the provider may not have been captured: capture"
                                + " trigger [^\"]+\",table=\"public.missed\"} 1.0\n")
                .contains("londiste_table_comparison_failed{job=\"job\",table=\"public.t\"} 0.0\n")
                .contains("londiste_table_differs{job=\"job\",table=\"public.t\"} 1.0\n")
                .contains("londiste_table_different_rows{job=\"job\",table=\"public.t\"} 3.0\n"));
        var answer = get(health);
        assertThat(answer.body())
                .contains("\"status\":\"DOWN\"", "public.missed is stopped: changes on the provider")
                .containsPattern(
                        "public.t differs from the provider's, rows missing: 1, extra: 2, different: 0 \\(compared [^)]+\\)");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(get(health.resolve("/health/ready")).statusCode()).isEqualTo(200);
        assertThat(get(health.resolve("/health/live")).body()).doesNotContain("tables");
        assertThat(shell.type("londiste conf.ini subscriber check").said())
                .contains("error: public.missed: stopped: changes");
    }

    private void awaitHealth(String job, int status, String... said) {
        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            for (var page : List.of("/health", "/health/ready")) {
                var answer = get(address(job).resolve(page));
                assertThat(answer.body()).contains(said);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            }
            assertThat(get(address(job).resolve("/health/live")).statusCode()).isEqualTo(200);
        });
    }

    @Test
    void whatConcernsAllTablesIsShownUntilItHasGone() throws Exception {
        var ini = directory.resolve("conf.ini");
        var proxy = provider.proxy();
        Files.writeString(ini, Files.readString(ini).replace(provider.libpq(), provider.libpq(proxy)));
        Files.writeString(
                directory.resolve("second.ini"),
                Files.readString(ini)
                        .replace("%(job_name)s.pid", "second.pid")
                        .replace("%(job_name)s.log", "second.log"));
        shell.succeed("pgqadm -d ticker.ini ticker");
        shell.succeed("londiste -d conf.ini replay");
        shell.succeed("londiste conf.ini provider add t");
        shell.succeed("londiste conf.ini subscriber add t --wait");
        awaitHealth("job", 200, "\"problems\":[]", "running");

        shell.succeed("londiste -d second.ini replay");
        awaitHealth("second", 200, "\"problems\":[]", "standby");
        shell.succeed("londiste -k second.ini");

        shell.succeed("pgqadm -k ticker.ini");
        provider.sql("insert into t values (3)");
        awaitHealth("job", 503, "queue londiste.replika", "pgqadm -d ticker.ini ticker");
        assertThat(scrape("job"))
                .contains(
                        "pgq_queue_ticks_overdue{job=\"job\",queue=\"londiste.replika\"} 1.0\n",
                        "londiste_daemon_error{job=\"job\"} 1.0\n");
        assertThat(shell.log("job")).contains("events of queue londiste.replika have been waiting for a tick");
        shell.succeed("pgqadm -d ticker.ini ticker");
        awaitHealth("job", 200, "\"problems\":[]");
        assertThat(scrape("job")).contains("pgq_queue_ticks_overdue{job=\"job\",queue=\"londiste.replika\"} 0.0\n");

        subscriber.sql("""
                create function full_disk() returns trigger language plpgsql as $$
                  begin raise exception 'no room'; end $$;
                create trigger full_disk before insert or update on londiste.completed
                  for each row execute function full_disk()
                """);
        provider.sql("insert into t values (4)");
        awaitHealth("job", 503, "the current batch has failed", "no room");
        subscriber.sql("drop function full_disk() cascade");
        awaitHealth("job", 200, "\"problems\":[]");

        proxy.down();
        awaitHealth("job", 503, "\"status\":\"DOWN\"");
        var first = lag(scrape("job"));
        Awaitility.await("lag counts on").untilAsserted(() -> {
            var metrics = scrape("job");
            assertThat(lag(metrics)).isGreaterThan(first + 1);
            assertThat(metrics).doesNotContain("pgq_queue_", "pgq_consumer_").contains("londiste_table_in_sync");
        });
        proxy.up();
        awaitHealth("job", 200, "\"problems\":[]");
        assertThat(scrape("job")).contains("pgq_queue_ticker_lag_seconds");
    }

    private static double lag(String exposition) {
        return LAG.matcher(exposition)
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void nothingElseIsServed() throws Exception {
        shell.succeed("pgqadm -d ticker.ini ticker");
        var metrics = address("ticker");
        assertThat(get(metrics.resolve("/metrics/../etc/passwd")).statusCode()).isEqualTo(404);
        assertThat(get(metrics.resolve("/")).statusCode()).isEqualTo(404);
        var post = HttpRequest.newBuilder(metrics)
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build();
        assertThat(client.send(post, BodyHandlers.discarding()).statusCode()).isEqualTo(405);
    }

    @Test
    void anAddressThatIsTakenIsNamed() throws Exception {
        try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            var ini = directory.resolve("conf.ini");
            Files.writeString(ini, Files.readString(ini).replace("127.0.0.1:0", "127.0.0.1:" + taken.getLocalPort()));
            var refused = shell.type("londiste -d conf.ini replay");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.said()).contains("metrics: cannot listen at 127.0.0.1:" + taken.getLocalPort());
        }
    }
}
