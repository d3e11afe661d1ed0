package io.londiste.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sample files are right: their keys are known, the defaults they show are the defaults, and they can be used as they are. */
class ExamplesTest {
    private static final Pattern SETTING = Pattern.compile("(#?)([a-z_]+) =(?: (.*))?");

    @TempDir
    Path directory;

    /** The lines with keys, by key. */
    private static Map<String, String> settings(List<String> lines) {
        return lines.stream()
                .filter(line -> SETTING.matcher(line).matches())
                .collect(Collectors.toMap(line -> SETTING.matcher(line).replaceFirst("$2"), Function.identity()));
    }

    private static List<String> keys(Section section) {
        return Key.of(section).stream().map(Key::written).toList();
    }

    @ParameterizedTest
    @CsvSource({"examples/quickstart/conf.ini, LONDISTE", "examples/quickstart/ticker.ini, PGQADM"})
    void sampleFilesAreRight(Path file, Section section) throws IOException {
        var shown = settings(Files.readAllLines(file));

        var settings = Settings.load(file, section);

        assertThat(settings.jobName()).startsWith("quickstart");
        assertThat(settings.pidfile()).isAbsolute();
        assertThat(keys(section)).containsAll(shown.keySet());
        assertThat(shown)
                .containsKeys(Key.of(section).stream()
                        .filter(Key::effective)
                        .map(Key::written)
                        .toArray(String[]::new));
        assertThat(shown.values())
                .filteredOn(line -> line.startsWith("#") && !line.startsWith("#" + Key.ROUTES.written() + " "))
                .isNotEmpty()
                .isSubsetOf(Key.of(section).stream()
                        .map(key -> ("#" + key.written() + " = " + key.fallback(section)).strip())
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(Section.class)
    void aPrintedFileHasEveryKeyWithItsMeaningAndCanBeUsedOnceItsConnectionsAreFilledIn(Section section)
            throws IOException {
        var lines = Sample.of(section);
        var text = String.join("\n", lines);
        assertThat(settings(lines).keySet()).containsExactlyInAnyOrderElementsOf(keys(section));
        assertThat(text.replaceAll("\n# ", " "))
                .contains(Key.of(section).stream()
                        .map(key -> key.meaning(section))
                        .toList());

        for (var filledIn : List.of(text, text.replaceAll("(?m)^#(\\w+ =)", "$1"))) {
            var file = Files.writeString(
                    directory.resolve("sample.ini"), filledIn.replaceAll("(?m)^(\\w*db) =$", "$1 = host=h dbname=$1"));
            var settings = Settings.load(file, section);

            assertThat(settings)
                    .usingRecursiveComparison()
                    .ignoringFields("file")
                    .isEqualTo(defaults(section));
        }
    }

    /** The settings of a file that has only the required keys. */
    private static Settings defaults(Section section) {
        return section == Section.PGQADM
                ? Settings.of(section, Map.of("db", "host=h dbname=db"))
                : Settings.of(
                        section,
                        Map.of(
                                "provider_db",
                                "host=h dbname=provider_db",
                                "subscriber_db",
                                "host=h dbname=subscriber_db",
                                "pgq_queue_name",
                                "londiste"));
    }
}
