package io.londiste.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What developing.md describes is true: its table has all packages, no package uses one above it, and its classes exist. */
class LayersTest {
    /** Those of the program and of the artifacts camel-pgq and camel-pgq-starter. */
    private static final List<Path> SOURCES = List.of(
            Path.of("src/main/java"),
            Path.of("src/camel-pgq/src/main/java"),
            Path.of("src/camel-pgq-starter/src/main/java"));

    private static final Pattern PACKAGE = Pattern.compile("`(io\\.londiste(?:\\.\\w+)*)`");
    /** What a source file uses, in imports, also of whole packages, or with its full name. */
    private static final Pattern USE = Pattern.compile("\\b(io\\.londiste(?:\\.[a-z]\\w*)*)\\.[A-Z*]");

    private static final Pattern COMMENT_OR_TEXT = Pattern.compile("(?s)/\\*.*?\\*/|\"[^\"\n]*\"");
    private static final Pattern CLASS = Pattern.compile("`(\\w+)\\.([A-Z]\\w+)`");
    private static final Path PAGE = Path.of("src/site/markdown/developing.md");

    /** The packages of the table, from the top down. */
    private static List<String> layers() throws IOException {
        var page = Files.readString(PAGE);
        var table = page.substring(page.indexOf("\n## Layers"), page.indexOf("\n## Build"));
        return table.lines()
                .filter(line -> line.startsWith("|"))
                .flatMap(line -> PACKAGE.matcher(line).results())
                .map(name -> name.group(1))
                .toList();
    }

    private static List<Path> sources() throws IOException {
        var sources = new ArrayList<Path>();
        for (var root : SOURCES) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }

    private static Path root(Path source) {
        return SOURCES.stream().filter(source::startsWith).findFirst().orElseThrow();
    }

    private static String packageOf(Path source) {
        return root(source).relativize(source.getParent()).toString().replace('/', '.');
    }

    @Test
    void thePagesTableHasEachPackageOnce() throws IOException {
        var packages = sources().stream().map(LayersTest::packageOf).distinct().toList();

        assertThat(layers()).containsExactlyInAnyOrderElementsOf(packages);
    }

    @Test
    void noPackageUsesOneAboveIt() throws IOException {
        var layers = layers();
        var upward = new ArrayList<String>();
        int uses = 0;
        for (var source : sources()) {
            var from = packageOf(source);
            var text = COMMENT_OR_TEXT.matcher(Files.readString(source)).replaceAll("");
            for (var to : USE.matcher(text)
                    .results()
                    .map(use -> use.group(1))
                    .distinct()
                    .toList()) {
                uses++;
                if (layers.indexOf(to) < layers.indexOf(from)) {
                    upward.add(source + " uses " + to);
                }
            }
        }

        assertThat(uses).isGreaterThan(sources().size());
        assertThat(upward).isEmpty();
    }

    @Test
    void noPackageIsInBothModules() throws IOException {
        var roots = new HashMap<String, Set<Path>>();
        for (var source : sources()) {
            roots.computeIfAbsent(packageOf(source), name -> new HashSet<>()).add(root(source));
        }

        assertThat(roots)
                .isNotEmpty()
                .allSatisfy((name, of) -> assertThat(of).as(name).hasSize(1));
    }

    @Test
    void eachClassThatThePageNamesExists() throws IOException {
        var classes = CLASS.matcher(Files.readString(PAGE)).results().toList();

        assertThat(classes).isNotEmpty().allSatisfy(name -> {
            var file = "io/londiste/" + name.group(1) + "/" + name.group(2) + ".java";
            assertThat(Stream.concat(SOURCES.stream(), Stream.of(Path.of("src/test/java"))))
                    .as(name.group())
                    .anyMatch(root -> Files.exists(root.resolve(file)));
        });
    }
}
