package io.londiste.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.cli.Terminal;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Compare and repair are routes: what comes out goes where an integrator sends it, and the replay compares by itself. */
@ExtendWith(PostgresPair.class)
class CompareRoutesIT {
    private static final String TABLES =
            "create table one (id int primary key, v text); create table two (id int primary key)";

    @TempDir
    Path directory;

    private Db provider;
    private Db subscriber;
    private Job job;
    private Connection lock;

    @BeforeEach
    void replicate(@Provider Db provider, @Subscriber Db subscriber) throws SQLException {
        this.provider = provider;
        this.subscriber = subscriber;
        provider.sql(TABLES);
        provider.sql("insert into one select i, 'v' from generate_series(1, 10) i; insert into two values (1)");
        subscriber.sql(TABLES);
        job = new Job(provider, subscriber).add("one", "two").start().awaitOk();
        lock = ComparisonRoutes.lockReplay(subscriber);
    }

    @AfterEach
    void stop() throws SQLException {
        job.close();
        lock.close();
    }

    /** Puts a step where a route file has the mark for it with this text. */
    private void override(String route, String text, String step) throws IOException {
        var routes = Files.createDirectories(directory.resolve("routes"));
        var lines = Files.readAllLines(Path.of("routes", route + ".camel.yaml"));
        int mark = 0;
        while (!lines.get(mark).contains("# here a step") || !lines.get(mark).contains(text)) {
            mark++;
        }
        var indent = lines.get(mark).replaceFirst("#.*", "");
        lines.set(mark, indent + step.strip().replace("\n", "\n" + indent));
        Files.write(routes.resolve(route + ".camel.yaml"), lines);
        // what is for the replay alone must not begin in a command
        Files.writeString(routes.resolve("other.camel.yaml"), """
                - route:
                    from:
                      uri: timer:other
                      steps:
                        - log: {loggingLevel: WARN, logName: io.londiste, message: other}
                """);
    }

    private Terminal.Result londiste(String... words) {
        var terminal = new Terminal(directory);
        var arguments = new ArrayList<String>();
        arguments.add("--routes");
        arguments.add(directory.resolve("routes").toString());
        arguments.add(terminal.file("conf.ini", job.ini()));
        arguments.addAll(List.of(words));
        return terminal.londiste(arguments.toArray(String[]::new));
    }

    @Test
    void resultsOfACommandGoElsewhere() throws IOException {
        override("compare-table", "${body.outcome}", """
                - bean: {ref: json, method: of}
                - log: {loggingLevel: WARN, logName: io.londiste, message: "sent ${body}"}
                """);
        subscriber.sql("delete from one where id < 3");

        var compared = londiste("compare");

        assertThat(compared.code()).isEqualTo(1);
        assertThat(compared.out())
                .isEqualTo("public.one: DIFFERENT, 10 rows on the provider, 8 on the subscriber: 2 missing, 0 extra, 0"
                        + " different\npublic.two: equal, 1 rows\n");
        assertThat(compared.errLines())
                .filteredOn(line -> line.contains("sent "))
                .map(line -> line.replaceFirst(".*sent ", ""))
                .containsExactlyInAnyOrder(
                        "{\"table\":\"public.one\",\"outcome\":\"DIFFERENT\",\"provider_rows\":10,\"subscriber_rows\":8,"
                                + "\"missing\":2,\"extra\":0,\"different\":0,\"only_on_provider\":[],\"only_on_subscriber\":[],"
                                + "\"expected\":\"\",\"problem\":null,\"in_sync\":true}",
                        "{\"table\":\"public.two\",\"outcome\":\"EQUAL\",\"provider_rows\":1,\"subscriber_rows\":1,"
                                + "\"missing\":0,\"extra\":0,\"different\":0,\"only_on_provider\":[],\"only_on_subscriber\":[],"
                                + "\"expected\":\"\",\"problem\":null,\"in_sync\":true}");
    }

    @Test
    void aStepThatFailsFailsTheCommand() throws IOException {
        override(
                "repair",
                "${body.statements}",
                "- throwException: {exceptionType: java.io.IOException, message: no mail today}");
        subscriber.sql("delete from one where id < 3");

        var repaired = londiste("repair", "--apply", "one");

        assertThat(repaired.code()).isEqualTo(2);
        assertThat(repaired.err()).contains("route repair: no mail today");
        assertThat(Files.deleteIfExists(Path.of("fix.public.one.sql"))).isTrue(); // where the command was typed
    }

    @Test
    void aStepSeesTheDigestsBeforeRowsAreRead() throws IOException {
        override("compare-table", "${body.rowsToRead}", """
                - log:
                    loggingLevel: WARN
                    logName: io.londiste
                    message: "digests of ${body.table}: ${body.different}, ${body.rowsToRead} rows to read"
                """);
        subscriber.sql("delete from one where id < 3");

        var compared = londiste("compare");

        assertThat(compared.code()).isEqualTo(1);
        assertThat(compared.errLines())
                .filteredOn(line -> line.contains("digests of "))
                .map(line -> line.replaceFirst(".*digests of ", ""))
                .containsExactlyInAnyOrder("public.one: true, 10 rows to read", "public.two: false, 0 rows to read");
    }

    @Test
    void aStepDecidesThatATableIsNotRepaired() throws IOException {
        override("repair-table", "${body.rowsToRead}", """
                - choice:
                    when:
                      - simple: ${body.rowsToRead} > 5
                        steps:
                          - throwException:
                              exceptionType: io.londiste.error.LondisteException
                              message: too many rows
                """);
        subscriber.sql("delete from one where id < 3; delete from two");

        var repaired = londiste("repair", "--apply");

        assertThat(repaired.code()).isEqualTo(2);
        assertThat(repaired.out())
                .startsWith("public.one: too many rows\npublic.two: DIFFERENT, 1 rows on the provider");
        assertThat(subscriber.rows("select count(*) from one union all select count(*) from two"))
                .containsExactly("8", "1");
        Files.delete(Path.of("fix.public.two.sql")); // where the command was typed
    }

    @Test
    void aTableThatWasExpectedToBeInSyncIsRepairedByARouteOfOnesOwn() throws IOException {
        override("repair-table", "${body.rowsToRead}", """
                - log: {loggingLevel: WARN, logName: io.londiste, message: "repairs ${body.table}, ${body.rowsToRead} rows"}
                """);
        String three = "create table three (id int primary key, v text); insert into three ";
        provider.sql(three + "select i, 'v' from generate_series(1, 10) as i");
        subscriber.sql(three + "select i, case i when 3 then 'wrong' else 'v' end from generate_series(2, 11) as i");
        provider.sql("select londiste.provider_add_table('queue', 'three')");
        assertThat(londiste("subscriber", "add", "--expect-sync", "three").code())
                .isZero();
        provider.sql("update three set v = 'replayed' where id = 5");
        job.awaitReplay();
        assertThat(subscriber.sql("select v from three where id = 5")).isEqualTo("replayed");

        var repaired = londiste("repair", "--apply", "three");

        assertThat(repaired.err()).contains("repairs public.three, 10 rows");
        assertThat(repaired.out()).contains("1 missing, 1 extra, 1 different");
        provider.sql("update three set v = 'later' where id in (1, 3); delete from three where id = 2");
        job.awaitReplay();
        String rows = "select id, v from three order by id";
        assertThat(subscriber.rows(rows)).isEqualTo(provider.rows(rows)).hasSize(9);
        assertThat(job.states()).containsOnly("ok");
        Files.delete(Path.of("fix.public.three.sql")); // where the command was typed
    }

    @Test
    void aStepUsesTheResultsOfAllTablesInTheirOrder() throws IOException {
        override("compare", "all tables together", """
                - log:
                    loggingLevel: WARN
                    logName: io.londiste
                    message: "all: ${body[0].table} ${body[0].outcome}, ${body[1].table} ${body[1].outcome}"
                """);
        subscriber.sql("delete from two");

        assertThat(londiste("compare").err()).contains("all: public.one EQUAL, public.two DIFFERENT");
    }

    @Test
    void theReplayComparesByItself() {
        subscriber.sql("delete from one where id = 7");
        job.stop();
        job.with("compare_every", "0.5").start();
        var comparisons = job.running().comparisons();

        await().atMost(Duration.ofSeconds(30)).until(() -> comparisons.results().size() == 2);

        assertThat(comparisons.results().values())
                .extracting(last -> last.comparison().outcome())
                .containsExactlyInAnyOrder(Outcome.DIFFERENT, Outcome.EQUAL);

        subscriber.sql("insert into one values (7, 'v')");
        await().atMost(Duration.ofSeconds(30)).until(() -> comparisons.results().values().stream()
                .allMatch(last -> last.comparison().outcome() == Outcome.EQUAL));
    }
}
