package io.londiste.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.error.LondisteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Route files are checked without a server: mistakes are found before anything is started. */
class RouteCheckTest {
    @TempDir
    private Path routes;

    private void check() {
        Settings settings = Settings.of(
                Section.LONDISTE,
                Map.of(
                        "job_name", "job",
                        "provider_db", "host=192.0.2.1 dbname=p",
                        "subscriber_db", "host=192.0.2.1 dbname=s",
                        "pgq_queue_name", "queue",
                        "embedded_ticker", "1",
                        "compare_every", "60",
                        "routes", routes.toString()));
        try (Application trial = Application.replay(settings, RouteFiles.read(settings.routesDir()))) {
            trial.check();
        }
    }

    private Path put(String name, String content) throws IOException {
        return Files.writeString(routes.resolve(name), content);
    }

    @Test
    void theBuiltInRoutesAndAGoodFileHaveNoMistake() throws IOException {
        put("mine.camel.yaml", """
                - route:
                    id: mine
                    from: {uri: "direct:mine", steps: [{log: "${body}"}]}
                """);

        check();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            - broken: [                                      | 10
            - splitt: {}                                     | 9
            - bean:; ref: nosuch; method: x                  | 9
            - bean:; ref: replay; method: nosuch             | 9
            - to: nosuch:x                                   | 9
            - to: log:x?nosuch=1                             | 9
            - to: log:{{nosuch}}                             | 9
            - to: direct:nosuch                              | 9
            - setBody:; simple: ${body                       | 9
            """)
    void aMistakeIsReportedWithFileAndLine(String step, int line) throws IOException {
        Path file = put("mine.camel.yaml", """
                - route:
                    id: mine
                    from:
                      uri: "direct:mine"
                      steps:
                        - filter:
                            simple: ${body}
                            steps:
                              %s
                """.formatted(step.replace("; ", "\n" + " ".repeat(18))));

        assertThatThrownBy(this::check)
                .isInstanceOf(LondisteException.class)
                .hasMessageStartingWith(file + ": line " + line + ": ");
    }

    @Test
    void aHookThatDoesNotExistIsRefused() throws IOException {
        Path file = put("mine.camel.yaml", """
                - route:
                    id: mine
                    from:
                      uri: seda:londiste-comitted
                      steps: [{log: "${body}"}]
                """);

        assertThatThrownBy(this::check)
                .isInstanceOf(LondisteException.class)
                .hasMessageMatching(
                        file + ": line \\d: (.*)there is no hook londiste-comitted;(.*)londiste-committed(.*)");
    }

    @Test
    void twoRoutesWithOneIdAreRefused() throws IOException {
        Path file = put("a.camel.yaml", """
                - route:
                    id: replay
                    from: {uri: "direct:mine", steps: [{log: "${body}"}]}
                """);

        assertThatThrownBy(this::check)
                .hasMessageContaining("route replay is in " + file)
                .hasMessageContaining("built-in replay.camel.yaml");
    }

    @Test
    void aRouteThatReadsWhatAnotherOneReadsIsRefused() throws IOException {
        Path file = put("a.camel.yaml", """
                - route:
                    id: mine
                    from: {uri: "direct:apply", steps: [{log: "${body}"}]}
                """);

        assertThatThrownBy(this::check)
                .hasMessageContaining("direct:apply")
                .hasMessageMatching(
                        "(?s)(.*)" + file + ": line [13]: (.*)|built-in replay.camel.yaml: line (.*)" + file + "(.*)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            startupOrder: 5                    | startupOrder 5 is that of route one, too
            routeConfigurationId: timer-error  | no route configuration has the id timer-error
            """)
    void aMistakeOfAWholeRouteIsReportedWithFileAndLine(String property, String problem) throws IOException {
        put("one.camel.yaml", """
                - route:
                    id: one
                    startupOrder: 5
                    routeConfigurationId: timer-errors
                    from: {uri: "direct:one", steps: [{log: "${body}"}]}
                """);
        Path file = put("two.camel.yaml", """
                - route:
                    id: two
                    %s
                    from: {uri: "direct:two", steps: [{log: "${body}"}]}
                """.formatted(property));

        assertThatThrownBy(this::check)
                .isInstanceOf(LondisteException.class)
                .hasMessageMatching(file + ": line \\d: route two: " + problem + ".*");
    }

    @Test
    void filesThatWereReadDoNotChange() throws IOException {
        Path file = put("replay.camel.yaml", "- broken: [");
        RouteFiles read = RouteFiles.read(routes);
        Files.delete(file);

        assertThat(read.own()).containsEntry("replay.camel.yaml", "- broken: [");
    }
}
