package io.londiste.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.cli.Cli;
import io.londiste.cli.Program;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.test.Guide;
import io.londiste.test.Guide.Block;
import io.londiste.test.OperatorLog;
import io.londiste.test.OwnFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;

/**
 * Each block of code in the documentation says in what language it is, and the language decides how it is tested:
 *
 * <ul>
 *   <li>{@code sh}, and lines after {@code $} in {@code console}: the commands exist with their options and arguments; other programs'
 *       commands are run by a test of the page ({@link #RUN})
 *   <li>{@code sql}: {@link SnippetsIT} executes it
 *   <li>{@code ini}: the program reads it, and knows its keys
 *   <li>{@code yaml}, {@code xml}: Camel loads the routes; dependencies are those of an example, which a test builds
 *   <li>{@code java}: it is in a source file of an example or a test
 *   <li>{@code properties}: the starter or an example has the keys
 *   <li>{@code nginx}: {@code ConsoleAccessTest} sends what the proxy does
 *   <li>{@code text}: what programs print; not tested
 * </ul>
 */
class SnippetsTest {
    /** The tests that run all commands of a page, in their order. */
    static final Map<String, String> RUN = Map.of(
            "examples/quickstart/README.md", "cli/QuickStartAsTypedIT",
            "examples/pgq-application/README.md", "install/PgqApplicationIT",
            "examples/pgq-spring-boot/README.md", "install/PgqApplicationIT",
            "src/site/markdown/coming-from.md", "cli/TakeOverIT",
            "src/site/markdown/installation.md", "install/PackagesIT");

    private static final Path TESTS = Path.of("src/test/java");
    private static final Path EXAMPLES = Path.of("examples");

    private static final Pattern WORD = Pattern.compile("(?:[^\\s'\"]|'[^']*'|\"[^\"]*\")+");
    private static final Pattern HERE_DOCUMENT = Pattern.compile("(?s)<<'(\\w+)'\n(.*?\n)\\1\n");
    /** A command of either program within a paragraph or a table. */
    private static final Pattern INLINE = Pattern.compile("`((?:bin/)?(?:londiste|pgqadm) [^`]*)`");

    private static final Map<Program, CommandLine> PROGRAMS = Stream.of(Program.values())
            .collect(Collectors.toMap(
                    program -> program, program -> Cli.commandLine(Cli.root(program, System.out, System.err))));

    @TempDir
    private Path directory;

    static Stream<Block> blocks() throws IOException {
        var blocks = new ArrayList<Block>();
        for (var page : Guide.pages()) {
            blocks.addAll(Guide.blocks(page));
        }
        return blocks.stream();
    }

    static Stream<Path> pages() throws IOException {
        return Guide.pages().stream();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void aBlockIsRight(Block block) throws Exception {
        switch (block.language()) {
            case "sh" -> shell(block.page(), block.text());
            case "console" -> shell(block.page(), block.text().replaceAll("(?m)^(?!\\$ ).*\n|^\\$ ", ""));
            case "ini" -> ini(block.text());
            case "yaml" -> yaml(block.text());
            case "xml" -> xml(block.text());
            case "java" -> assertIn(EXAMPLES, ".java", block.text());
            case "properties" -> properties(block.text());
            case "sql", "nginx", "text" -> {}
            default -> throw new AssertionError("no test knows the language '" + block.language() + "'");
        }
    }

    /** The commands of a script; those of loops and other constructs of the shell are on pages that are run. */
    private void shell(Path page, String script) throws Exception {
        for (var document : HERE_DOCUMENT.matcher(script).results().toList()) {
            if (document.group(2).startsWith("[")) {
                ini(document.group(2));
            }
        }
        var commands = HERE_DOCUMENT.matcher(script).replaceAll("\n").replaceAll("\\\\\n *", "");
        for (var line : commands.lines().map(String::strip).toList()) {
            command(page, line);
        }
    }

    private static void command(Path page, String line) throws IOException {
        var words = words(line);
        switch (words.get(0)) {
            case "londiste", "pgqadm", "bin/londiste" -> assertAccepted(words);
            case "kubectl", "docker" -> {
                int program = Math.max(words.indexOf("londiste"), words.indexOf("pgqadm"));
                if (program > 0) {
                    assertAccepted(words.subList(program, words.size()));
                }
            }
            case "mvn" -> maven(words);
            case "psql" -> {} // by SnippetsIT
            case "curl" -> assertThat(line).endsWith("/hawtio/jolokia"); // by ConsoleAccessTest
            case "cat" -> {} // shows what the command before it has written
            case "kafka-console-consumer.sh" -> {} // of Kafka, which the tests run without its tools
            default ->
                assertThat(RUN.get(page.toString()))
                        .as("the test that runs " + line)
                        .isNotNull()
                        .satisfies(test -> assertThat(TESTS.resolve("io/londiste/" + test + ".java"))
                                .exists());
        }
    }

    /** The words of a command without quotes, variables before it and redirections after it. */
    private static List<String> words(String line) {
        return WORD.matcher(line)
                .results()
                .map(word -> word.group().replaceAll("['\"]", ""))
                .dropWhile(word -> word.matches("[A-Z_]+=.*"))
                .takeWhile(word -> !word.equals(">"))
                .toList();
    }

    /** The program has these commands, options and arguments. */
    private static void assertAccepted(List<String> words) {
        PROGRAMS.get(Program.named(words.get(0).replace("bin/", "")))
                .parseArgs(words.subList(1, words.size()).toArray(String[]::new));
    }

    /** The directories, profiles and tests that a command of Maven names are there. */
    private static void maven(List<String> words) throws IOException {
        for (var word : words) {
            if (word.startsWith("-P")) {
                assertThat(Files.readString(Path.of("src/pom.xml"))).contains("<id>" + word.substring(2) + "</id>");
            } else if (word.matches("-D(it\\.)?test=.*") && !word.endsWith("=NoUnit")) {
                var test = word.replaceFirst(".*=", "").split("#");
                var source = only(files(TESTS, "/" + test[0] + ".java"));
                if (test.length > 1) {
                    assertThat(source).contains("void " + test[1] + "(");
                }
            }
        }
        for (var option : List.of("-f", "-pl")) {
            int at = words.indexOf(option);
            if (at > 0) {
                assertThat(Path.of(words.get(at + 1), "pom.xml")).exists();
            }
        }
    }

    private static String only(Stream<String> found) {
        return found.reduce((one, other) -> {
                    throw new AssertionError("more than one");
                })
                .orElseThrow();
    }

    /** Lines without a section are of {@code [londiste]}. */
    private void ini(String text) throws IOException {
        var whole = text.startsWith("[") ? text : "[londiste]\n" + text;
        var file = OwnFile.write(directory.resolve("snippet.ini"), whole);
        assertKnown(file, whole.startsWith("[pgqadm]") ? Section.PGQADM : Section.LONDISTE);
    }

    private static void assertKnown(Path file, Section section) {
        try (var log = new OperatorLog()) {
            Settings.load(file, section);

            assertThat(log.warnings()).isEmpty();
        }
    }

    /** Routes, or steps for the marked places of the program's route files, which use beans that are not here. */
    private static void yaml(String text) throws Exception {
        if (text.startsWith("- route:")) {
            load("snippet.yaml", text, true);
        } else {
            var route = "- route:\n    from:\n      uri: direct:snippet\n      steps:\n";
            load("snippet.yaml", route + text.stripIndent().indent(8), false);
        }
    }

    private static void xml(String text) throws Exception {
        if (text.startsWith("<dependency>")) {
            assertIn(EXAMPLES, "pom.xml", text);
        } else {
            load("snippet.xml", text, true);
        }
    }

    private static void load(String name, String routes, boolean complete) throws Exception {
        try (var camel = new DefaultCamelContext()) {
            var values = new Properties();
            values.setProperty("pgq_queue_name", "queue");
            camel.getPropertiesComponent().setInitialProperties(values);
            camel.getRegistry().bind("provider", new PGSimpleDataSource());
            camel.setAutoStartup(false);

            PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString(name, routes));

            assertThat(camel.getRouteDefinitions()).isNotEmpty();
            if (complete) {
                camel.start(); // makes the endpoints, but reads nothing
            }
        }
    }

    private static void properties(String text) throws IOException {
        var metadata = Files.readString(
                Path.of("target/camel-pgq-starter/classes/META-INF/spring-configuration-metadata.json"));
        for (var line : text.lines().toList()) {
            var key = line.replaceFirst("=.*", "");
            if (key.startsWith("camel.component.pgq.")) {
                assertThat(metadata).contains("\"name\": \"" + key + "\"");
            } else {
                assertIn(EXAMPLES, "application.properties", "\n" + key + "=");
            }
        }
    }

    /** A file below a directory has this text, whatever its white space is. */
    private static void assertIn(Path root, String suffix, String text) throws IOException {
        var snippet = text.replaceAll("\\s", "");
        assertThat(Stream.concat(files(root, suffix), files(TESTS, suffix)))
                .as(text)
                .anyMatch(file -> file.replaceAll("\\s", "").contains(snippet));
    }

    /** The texts of the files with such names. */
    private static Stream<String> files(Path root, String suffix) throws IOException {
        try (var files = Files.walk(root)) {
            return files
                    .filter(file ->
                            file.toString().endsWith(suffix) && !file.toString().contains("/target/"))
                    .map(SnippetsTest::text)
                    .toList()
                    .stream();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In a paragraph, arguments may be left out. */
    @ParameterizedTest
    @MethodSource("pages")
    void aCommandInAParagraphExists(Path page) throws IOException {
        for (var command : INLINE.matcher(Files.readString(page)).results().toList()) {
            var words = words(command.group(1).replace("…", ""));
            try {
                assertAccepted(words);
            } catch (MissingParameterException e) {
                assertThat(words).as(command.group()).noneMatch(word -> word.endsWith(".ini"));
            }
        }
    }

    @Test
    void theExamplesFilesHaveOnlyKnownKeys() throws IOException {
        try (var files = Files.walk(EXAMPLES)) {
            assertThat(files.filter(file -> file.toString().endsWith(".ini")))
                    .isNotEmpty()
                    .allSatisfy(file ->
                            assertKnown(file, text(file).contains("[pgqadm]") ? Section.PGQADM : Section.LONDISTE));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "|x", // no language
                "sh|londiste conf.ini subscriber ad orders",
                "sh|londiste conf.ini compare --fast",
                "sh|londiste conf.ini provider execute",
                "sh|cp a b",
                "sh|mvn -f examples/none package",
                "sh|mvn verify -Dit.test=ReplicationIT#none",
                "console|$ pgqadm ticker.ini nothing",
                "ini|job_nam = x",
                "ini|lag_limit = much",
                "yaml|- route: {from: {uri: 'direct:a', steps: [{lög: x}]}}",
                "yaml|- route: {from: {uri: 'pgq:a?consumer=b&none=1', steps: [{log: x}]}}",
                "xml|<route><from uri='direct:a'/><lög/></route>",
                "xml|<dependency><artifactId>camel-none</artifactId></dependency>",
                "java|log(\"\");",
                "properties|camel.component.pgq.none=1"
            })
    void mistakesAreFound(String mistake) {
        var parts = mistake.split("\\|", 2);
        var block = new Block(Path.of("README.md"), 1, parts[0], parts[1] + "\n");

        assertThatThrownBy(() -> aBlockIsRight(block)).isNotNull();
    }

    @Test
    void blocksAreFoundInBothKindsOfPages() throws IOException {
        var page = Files.writeString(directory.resolve("p.md"), "a\n\n  ```sh\n  b\n    c\n  ```\n```\nd\n```\n");
        var other = Files.writeString(directory.resolve("p.adoc"), "[source,sql]\n----\nb\n----\n\n----\nd\n----\n");

        assertThat(Guide.blocks(page))
                .containsExactly(new Block(page, 4, "sh", "b\n  c\n"), new Block(page, 8, "", "d\n"));
        assertThat(Guide.blocks(other))
                .containsExactly(new Block(other, 3, "sql", "b\n"), new Block(other, 7, "", "d\n"));
        assertThat(Guide.pages())
                .extracting(Path::toString)
                .containsAll(Arrays.asList("README.md", "src/bench/README.md", "src/main/docs/pgq-component.adoc"))
                .containsAll(RUN.keySet());
    }
}
