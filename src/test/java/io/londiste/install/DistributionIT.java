package io.londiste.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.demo.Unprivileged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the archive contains, and the archive of classes that can be made in it. */
class DistributionIT {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s:#]+)(#[^)\\s]*)?\\)");
    /** A line of the list: {@code (licence) (licence) name (group:artifact:version - address)}. */
    private static final Pattern DEPENDENCY =
            Pattern.compile("\\s*((?:\\([\\w.-]+\\) )+).*\\(([\\w.-]+):([\\w.-]+):(?:jar:)?([\\w.-]+) - .*");

    private static final Pattern LICENCE = Pattern.compile("\\(([\\w.-]+)\\)");

    @TempDir
    Path opt;

    private Path home;

    @BeforeEach
    void unpack() throws Exception {
        home = Distribution.unpack(opt);
    }

    private static List<Path> files(Path directory, String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix)).toList();
        }
    }

    @Test
    void everyLibraryHasItsLicence() throws IOException {
        var jars = new TreeSet<String>();
        for (var line : Files.readAllLines(home.resolve("licenses/dependencies.txt"))) {
            var dependency = DEPENDENCY.matcher(line);
            if (dependency.matches()) {
                jars.add(dependency.group(3) + "-" + dependency.group(4) + ".jar");
                assertThat(LICENCE.matcher(dependency.group(1)).results())
                        .as(line)
                        .anySatisfy(licence -> assertThat(home.resolve("licenses/" + licence.group(1) + ".txt"))
                                .isNotEmptyFile());
            }
        }

        assertThat(files(home.resolve("lib"), ".jar").stream()
                        .map(jar -> jar.getFileName().toString()))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(jars);
    }

    @Test
    void theBillOfMaterialsHasEveryLibrary() throws IOException {
        var bill = home.resolve("sbom.json");
        Assumptions.assumeTrue(Files.exists(bill), "built without network, so the bill of materials is missing");
        var text = Files.readString(bill);

        assertThat(text).contains("\"bomFormat\" : \"CycloneDX\"");
        assertThat(files(home.resolve("lib"), ".jar")).isNotEmpty().allSatisfy(jar -> {
            var name = jar.getFileName().toString().replaceFirst("-(?=\\d).*", "");
            assertThat(text).contains("/" + name + "@");
        });
    }

    @Test
    void theLinksOfItsPagesLeadToFilesInIt() throws IOException {
        var broken = new ArrayList<String>();
        for (var page : files(home, ".md")) {
            LINK.matcher(Files.readString(page)).results().forEach(link -> {
                if (!Files.exists(page.resolveSibling(link.group(1)))) {
                    broken.add(home.relativize(page) + ": " + link.group(1));
                }
            });
        }

        assertThat(broken).isEmpty();
    }

    @Test
    void everyoneCanReadIt() throws IOException {
        assertThat(files(home, "")).allSatisfy(file -> {
            var permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
            assertThat(permissions).as(file.toString()).matches("rwxr-xr-x|rw-r--r--");
        });
        for (var program : List.of("londiste", "londiste.py", "pgqadm", "pgqadm.py", "archive-classes")) {
            assertThat(home.resolve("bin").resolve(program)).isExecutable();
        }
    }

    /** Runs a command as another user, who has no home. */
    private Ran run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        var user = Unprivileged.process(List.of(command)).directory(home.toFile());
        user.environment().clear();
        user.environment().put("PATH", "/usr/bin:/bin");
        user.environment().put("JAVA_HOME", System.getProperty("java.home"));
        user.environment().putAll(environment);
        return Ran.of(user);
    }

    private static String version() throws IOException {
        return "londiste (camel-londiste) " + Distribution.version() + "\n";
    }

    /** It says nothing but what it is asked for. */
    private void assertRuns() throws Exception {
        assertThat(run(Map.of(), "bin/londiste", "--version")).isEqualTo(new Ran(0, version()));
    }

    /** A component of Camel that the program does not have, and the library that it needs, copied by the build. */
    @Test
    void routesUseTheJarsBesideTheProgram() throws Exception {
        var routes = Files.createDirectory(opt.resolve("routes"));
        Files.setPosixFilePermissions(opt, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(
                routes.resolve("mine.camel.yaml"),
                "- route: {id: mine, from: {uri: 'quartz:mine', steps: [{log: now}]}}\n");
        var check = new String[] {"bin/pgqadm", "routes", "check", routes.toString()};
        assertThat(run(Map.of(), check).code()).isEqualTo(1);

        var ext = Files.createDirectory(home.resolve("ext"));
        try (var jars = Files.list(Path.of("target/test-components"))) {
            for (var jar : jars.toList()) {
                Files.copy(jar, ext.resolve(jar.getFileName()));
            }
        }

        assertThat(run(Map.of(), check).code()).isZero();
    }

    @Test
    void classesComeFromTheArchiveThatFits() throws Exception {
        Ran.of(new ProcessBuilder(home.resolve("bin/archive-classes").toString()))
                .succeeded();
        Distribution.chmod("a-w", home);

        var classes = run(Map.of("JAVA_OPTS", "-Xlog:class+load"), "bin/londiste", "--version");

        assertThat(classes.said()).contains("io.londiste.Main source: shared objects file (top)", version());
        assertRuns();
        Distribution.chmod("u+w", home);
    }

    @Test
    void anArchiveThatDoesNotFitIsIgnored() throws Exception {
        Ran.of(new ProcessBuilder(home.resolve("bin/archive-classes").toString()))
                .succeeded();
        var archive = home.resolve("classes.jsa");
        for (var other : otherJvms()) {
            assertThat(run(Map.of("JAVA_HOME", other.toString()), "bin/londiste", "--version"))
                    .as(other.toString())
                    .isEqualTo(new Ran(0, version()));
        }
        home = Files.move(home, opt.resolve("elsewhere"));
        archive = home.resolve("classes.jsa");
        assertRuns();
        for (var content : List.of("", "not an archive\n".repeat(10_000))) {
            Files.delete(archive);
            Files.writeString(archive, content);
            assertRuns();
        }
        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("---------"));
        assertRuns();
    }

    private static List<Path> otherJvms() throws IOException {
        var jvms = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(jvms)) {
            return List.of();
        }
        var own = Path.of(System.getProperty("java.home")).toRealPath();
        try (var homes = Files.list(jvms)) {
            return homes.filter(jvm -> Files.isExecutable(jvm.resolve("bin/java")))
                    .filter(jvm -> !Files.isSymbolicLink(jvm) && !jvm.equals(own))
                    .toList();
        }
    }

    @Test
    void aDirectoryThatCannotBeWrittenGetsNoArchive() throws Exception {
        Distribution.chmod("a-w", home);

        var ran = run(Map.of(), "bin/archive-classes");

        Distribution.chmod("u+w", home);
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.said()).startsWith("archive-classes: ").contains("the program works without it");
        assertThat(home.resolve("classes.jsa")).doesNotExist();
    }

    @Test
    void theDemoSaysThatItIsNotPartOfIt() throws Exception {
        var ran = run(Map.of(), "bin/londiste", "demo", "--once");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.said()).contains("The demo runs in a clone of the project");
    }
}
