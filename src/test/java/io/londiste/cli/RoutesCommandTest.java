package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code routes}, which connects to nothing. */
class RoutesCommandTest {
    private static final Path BUILT_IN = Path.of("routes");
    private static final String MINE = """
            - route:
                id: mine
                description: What I need
                from: {uri: "direct:mine?synchronous=true", steps: [{log: "${body}"}]}
            """;

    @TempDir
    Path directory;

    private Terminal terminal;
    private String own;

    @BeforeEach
    void directoryOfRoutes() throws IOException {
        terminal = new Terminal(directory);
        own = Files.createDirectory(directory.resolve("own")).toString();
    }

    private void put(String name, String content) throws IOException {
        Files.createDirectories(Path.of(own, name).getParent());
        Files.writeString(Path.of(own, name), content);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
    }

    @Test
    void eachRouteIsShownWithWhatItReadsAndItsFile() throws IOException {
        put("mine.camel.yaml", MINE);
        var config = terminal.file("conf.ini", """
                [londiste]
                provider_db = host=192.0.2.1 dbname=p password=x
                subscriber_db = host=192.0.2.1 dbname=s password=x
                pgq_queue_name = q
                routes = %s
                """.formatted(own));

        var shown = terminal.londiste(config, "routes");

        assertThat(shown.code()).as(shown.err()).isZero();
        assertThat(shown.out())
                .startsWith("Route")
                .containsPattern("\nmine +direct:mine +" + own + "/mine.camel.yaml\n")
                .containsPattern("\napply +direct:apply +built-in replay.camel.yaml\n")
                .doesNotContain("ticker.camel.yaml"); // embedded_ticker is not set
        assertThat(terminal.londiste(config, "routes", "--json").out())
                .contains("{\"id\":\"mine\",\"description\":\"What I need\",\"from\":\"direct:mine\",\"file\":\"" + own
                        + "/mine.camel.yaml\",\"built_in\":false}");
    }

    @Test
    void jobQueueAndOwnKeysArePlaceholders() throws IOException {
        put(
                "mine.camel.yaml",
                MINE.replace("${body}", "{{job_name}} {{pgq_queue_name}} {{pgq_consumer_id}}")
                        .replace("direct:mine", "direct:{{route.input}}"));
        var config = terminal.file("conf.ini", """
                [londiste]
                provider_db = host=192.0.2.1 dbname=p password=x
                subscriber_db = host=192.0.2.1 dbname=s password=x
                pgq_queue_name = q
                routes = %s
                route.input = of_%%(job_name)s
                """.formatted(own));

        var shown = terminal.londiste(config, "routes");

        assertThat(shown.code()).as(shown.err()).isZero();
        assertThat(shown.err()).isEmpty();
        assertThat(shown.out()).containsPattern("mine +direct:of_londiste ");
    }

    @Test
    void aPasswordInAnAddressIsNotShown() throws IOException {
        put("mine.camel.yaml", MINE.replace("direct:mine?synchronous=true", "direct://me:secret@{{job_name}}/in"));

        var shown = terminal.londiste("--routes", own, "routes");

        assertThat(shown.code()).as(shown.err()).isZero();
        assertThat(shown.out()).contains("mine ").contains("@londiste/in").doesNotContain("secret");
    }

    @Test
    void withoutAnIniFileAllBuiltInRoutesAreShown() throws IOException {
        var shown = terminal.londiste("routes");

        assertThat(shown.code()).as(shown.err()).isZero();
        for (var file : names(BUILT_IN)) {
            if (!file.startsWith("errors.")) { // which has no route
                assertThat(shown.out()).contains("built-in " + file + "\n");
            }
        }
        assertThat(terminal.pgqadm("routes").out())
                .contains("built-in ticker.camel.yaml\n")
                .doesNotContain("replay");
    }

    @Test
    void aMistakeIsFoundBeforeADaemonUsesTheFiles() throws IOException {
        put("mine.camel.yaml", MINE.replace("log:", "lgo:"));

        var checked = terminal.londiste("routes", "check", own);

        assertThat(checked.code()).isEqualTo(1);
        assertThat(checked.out()).isEmpty();
        assertThat(checked.err()).contains("londiste: " + own + "/mine.camel.yaml: line 4: ", "lgo");

        put("mine.camel.yaml", MINE);
        var corrected = terminal.londiste("routes", "check", own);
        assertThat(corrected.code()).as(corrected.err()).isZero();
        assertThat(corrected.out()).startsWith(own + ": no mistakes found; 1 of ");
    }

    @Test
    void filesThatAreIgnoredAreReported() throws IOException {
        put("mine.camel.yaml", MINE);
        put("forgotten.yaml", MINE);
        put("more/nested.camel.yaml", MINE);
        put("..2026/of-a-config-map.camel.yaml", MINE);
        put("notes/notes.txt", "not a route");

        var checked = terminal.londiste("routes", "check", own);

        assertThat(checked.code()).isZero();
        assertThat(checked.err())
                .contains(own + ": [forgotten.yaml, more] ignored: ")
                .doesNotContain("..2026", "notes");
    }

    @Test
    void twoFormatsOfOneFileAreRefused() throws IOException {
        put("mine.camel.yaml", MINE);
        put("mine.camel.xml", "<routes/>");

        var checked = terminal.londiste("routes", "check", own);

        assertThat(checked.code()).isEqualTo(1);
        assertThat(checked.err()).contains("there are mine.camel.yaml and mine.camel.xml; remove one of them");
    }

    @Test
    void theBuiltInFilesAreExported() throws IOException {
        var exported = terminal.londiste("routes", "export", own + "/new", "replay", "copy");

        assertThat(exported.code()).as(exported.err()).isZero();
        assertThat(exported.out()).isEqualTo(own + "/new/copy.camel.yaml\n" + own + "/new/replay.camel.yaml\n");
        for (var name : names(Path.of(own, "new"))) {
            assertThat(Path.of(own, "new", name)).hasSameTextualContentAs(BUILT_IN.resolve(name));
        }
        var again = terminal.londiste("routes", "export", own + "/new", "--xml");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains(own + "/new/copy.camel.yaml exists; nothing was written");
        assertThat(names(Path.of(own, "new"))).containsExactly("copy.camel.yaml", "replay.camel.yaml");
    }

    @Test
    void whatIsExportedAsXmlHasTheSameRoutes() throws IOException {
        var exported = terminal.londiste("routes", "export", own, "--xml");

        assertThat(exported.code()).as(exported.err()).isZero();
        assertThat(names(Path.of(own)))
                .isEqualTo(names(BUILT_IN).stream()
                        .map(name -> name.replace(".yaml", ".xml"))
                        .toList());
        var checked = terminal.londiste("routes", "check", own);
        assertThat(checked.code()).as(checked.err()).isZero();
        assertThat(fields(terminal.londiste("--routes", own, "routes").out(), 2))
                .isEqualTo(fields(terminal.londiste("routes").out(), 2));
    }

    private static List<List<String>> fields(String listing, int count) {
        return listing.lines()
                .map(line -> Arrays.asList(line.split(" +")).subList(0, count))
                .toList();
    }

    @Test
    void aFileThatReplacesOneOfAnotherProcessIsNotUsed() throws IOException {
        put("replay.camel.yaml", "no route at all");

        var shown = terminal.pgqadm("--routes", own, "routes");

        assertThat(shown.code()).as(shown.err()).isZero();
        assertThat(shown.out()).contains("ticker").doesNotContain("replay");
    }

    @Test
    void aNameThatNoBuiltInFileHasIsAUsageError() {
        var exported = terminal.londiste("routes", "export", own, "reply");

        assertThat(exported.code()).isEqualTo(2);
        assertThat(exported.err())
                .contains("no such built-in route file: reply; there are catch-up, committed, compare, ");
        assertThat(Path.of(own)).isEmptyDirectory();
    }
}
