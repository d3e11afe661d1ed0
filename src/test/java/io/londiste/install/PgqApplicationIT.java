package io.londiste.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.test.Db;
import io.londiste.test.Guide;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The artifacts camel-pgq and camel-pgq-starter, and the applications in the examples that use them, built by Maven as they are. */
@ExtendWith(PostgresPair.class)
class PgqApplicationIT {
    private static final String COMPONENT = "camel-pgq";
    private static final String STARTER = "camel-pgq-starter";
    private static final Pattern COMMANDS = Pattern.compile("(?s)<<'SQL'\n(.*?)\n *SQL\n");
    private static final Pattern PRINTED = Pattern.compile("(?m)^ +((?:INSERT|UPDATE) .*)$");

    /** Repositories: what this build has made, and what it has downloaded; the latter saves the downloads. */
    private static final String SETTINGS = """
            <settings>
              <localRepository>%1$s/local</localRepository>
              <profiles>
                <profile>
                  <id>test</id>
                  <activation><activeByDefault>true</activeByDefault></activation>
                  <repositories>
                    <repository><id>built</id><url>file://%1$s/built</url></repository>
                    <repository><id>downloaded</id><url>file://%2$s</url></repository>
                  </repositories>
                  <pluginRepositories>
                    <pluginRepository><id>downloaded</id><url>file://%2$s</url></pluginRepository>
                  </pluginRepositories>
                </profile>
              </profiles>
            </settings>
            """;

    @TempDir
    Path directory;

    /** What an artifact consists of. */
    private static Path jar(String artifact) throws IOException {
        return Path.of("target", artifact, artifact + "-" + Distribution.version() + ".jar");
    }

    /** Puts an artifact into a repository. */
    private void deploy(String artifact) throws IOException {
        var jar = jar(artifact);
        var name = jar.getFileName().toString();
        var there = Files.createDirectories(
                directory.resolve("built/io/londiste/" + artifact + "/" + Distribution.version()));
        Files.copy(jar, there.resolve(name));
        Files.copy(jar.resolveSibling("pom.xml"), there.resolve(name.replace(".jar", ".pom")));
    }

    /** Builds a copy of an example with artifacts of this build, and nothing else of it. */
    private Application build(String example, String... artifacts) throws Exception {
        for (var artifact : artifacts) {
            deploy(artifact);
        }
        var copy = directory.resolve(example);
        Ran.of(new ProcessBuilder("cp", "-R", "examples/" + example, copy.toString()))
                .succeeded();
        var downloaded = System.getProperty("localRepository", System.getProperty("user.home") + "/.m2/repository");
        var settings = Files.writeString(directory.resolve("settings.xml"), SETTINGS.formatted(directory, downloaded));
        var maven = new ProcessBuilder("mvn", "-B", "-q", "-s", settings.toString(), "package");
        Ran.of(maven.directory(copy.toFile())).succeeded();
        return new Application(example, copy);
    }

    /** @param directory where it was built */
    private record Application(String name, Path directory) {
        /** The names of its libraries, without versions. */
        Set<String> libraries() throws IOException {
            try (var files = Files.list(directory.resolve("target/lib"))) {
                return files.map(file -> file.getFileName().toString().replaceFirst("-\\d.*", ""))
                        .collect(Collectors.toCollection(TreeSet::new));
            }
        }

        Foreground start(Db db, String... arguments) throws IOException {
            var command = new ArrayList<>(List.of(
                    System.getProperty("java.home") + "/bin/java",
                    "-XX:TieredStopAtLevel=1",
                    "-jar",
                    "target/" + name + ".jar"));
            command.addAll(List.of(arguments));
            var java = new ProcessBuilder(command).directory(directory.toFile());
            java.environment().put("SHOP_DATABASE", db.url());
            return Foreground.start(java, Files.createTempFile(directory, "output", ".txt"));
        }

        /** Runs the README's commands in the database, and waits for the lines that it shows. */
        void printsChanges(Foreground running, Db db) throws IOException {
            running.awaitSaid("registered consumer printer on queue orders");
            db.sql(readme(COMMANDS));
            db.sql("select pgq.force_tick('orders')");
            db.sql("select pgq.ticker()");
            for (var line : readme(PRINTED).split("\n")) {
                running.awaitSaid(line);
            }
        }

        private String readme(Pattern part) throws IOException {
            return part.matcher(Files.readString(directory.resolve("README.md")))
                    .results()
                    .map(found -> found.group(1))
                    .collect(Collectors.joining("\n"));
        }
    }

    @Test
    void theApplicationOfTheExamplesPrintsChangesWithTheArtifactAlone(@Provider Db db) throws Exception {
        var application = build("pgq-application", COMPONENT);

        assertThat(application.libraries())
                .hasSizeLessThan(30)
                .filteredOn(library -> !library.startsWith("camel-") || library.equals(COMPONENT))
                .containsExactlyInAnyOrder(
                        COMPONENT,
                        "checker-qual", // of postgresql
                        "jackson-core",
                        "jakarta.activation-api", // of camel-main, as the next one
                        "jakarta.xml.bind-api",
                        "postgresql",
                        "slf4j-api",
                        "slf4j-simple");
        try (var running = application.start(db)) {
            application.printsChanges(running, db);
        }
    }

    @Test
    void theApplicationOfSpringBootPrintsChangesShowsItsHealthAndHasTheComponentsOptions(@Provider Db db)
            throws Exception {
        var application = build("pgq-spring-boot", COMPONENT, STARTER);

        assertThat(application.libraries()).contains(COMPONENT, STARTER).doesNotContain("camel-londiste");
        try (var running = application.start(db, "--server.port=0")) {
            application.printsChanges(running, db);

            var health = health(running);
            assertThat(health.call()).contains("\"camelHealth\":{\"status\":\"UP\"");
            db.sql("select pgq.unregister_consumer('orders', 'printer')");
            await().untilAsserted(() -> assertThat(health.call())
                    .contains("\"camelHealth\":{\"status\":\"DOWN\"", "consumer:orders", "printer is not registered"));
        }
        db.sql("drop table orders");
        try (var named = application.start(
                db,
                "--server.port=0",
                "--camel.component.pgq.autowired-enabled=false",
                "--" + property("data-source").replace("#shop", "#dataSource"),
                "--" + property("lazy-start-producer"))) {
            application.printsChanges(named, db);
        }
        try (var wrong = application.start(db, "--camel.component.pgq.data-source=dataSource")) {
            wrong.awaitSaid("a data source is given by the name of its bean: #dataSource");
        }
    }

    /** A property of the component, as its page shows it. */
    private static String property(String name) throws IOException {
        return Guide.component("properties", name)
                .lines()
                .filter(line -> line.startsWith("camel.component.pgq." + name + "="))
                .collect(Collectors.joining());
    }

    /** What the health page of an application says. */
    private static Callable<String> health(Foreground running) throws IOException {
        var port = Pattern.compile("Tomcat started on port (\\d+)").matcher(running.said());
        assertThat(port.find()).isTrue();
        var page = URI.create("http://127.0.0.1:" + port.group(1) + "/actuator/health");
        var client = HttpClient.newHttpClient();
        return () -> client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    void theArtifactsHaveTheComponentItsSqlAndItsStarterAndNothingElse() throws IOException {
        var component = files(COMPONENT);

        assertThat(component)
                .contains(
                        "META-INF/LICENSE",
                        "META-INF/services/org/apache/camel/component/pgq",
                        "META-INF/services/org/apache/camel/component.properties",
                        "META-INF/io/londiste/pgq/pgq.json",
                        "kamelets/pgq-source.kamelet.yaml",
                        "kamelets/pgq-sink.kamelet.yaml",
                        "sql/pgq/install.txt")
                .allMatch(name -> name.matches("(META-INF|io/londiste/(pgq|change)|kamelets|sql/pgq)/.*"))
                .anyMatch(name -> name.endsWith(".class"));
        var starter = files(STARTER);
        assertThat(starter)
                .contains(
                        "META-INF/LICENSE",
                        "META-INF/spring-configuration-metadata.json",
                        "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports")
                .allMatch(name -> name.matches("(META-INF|io/londiste/pgq/springboot)/.*"));
        try (var program = new JarFile("target/camel-londiste.jar")) {
            assertThat(Stream.concat(component.stream(), starter.stream()))
                    .filteredOn(name -> !name.startsWith("META-INF/"))
                    .allSatisfy(name -> assertThat(program.getEntry(name)).isNull());
        }
        try (var libraries = Files.list(Path.of("target/lib"))) {
            assertThat(libraries)
                    .extracting(library -> library.getFileName().toString())
                    .noneMatch(library -> library.startsWith("spring-boot") || library.startsWith(STARTER));
        }
    }

    private static List<String> files(String artifact) throws IOException {
        try (var jar = new JarFile(jar(artifact).toFile())) {
            return jar.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(JarEntry::getName)
                    .toList();
        }
    }
}
