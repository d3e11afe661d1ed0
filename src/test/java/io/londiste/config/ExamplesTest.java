package io.londiste.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sample files are read as they are, and with every commented key switched on. */
class ExamplesTest {
    @ParameterizedTest
    @CsvSource({"examples/quickstart/conf.ini, LONDISTE", "examples/quickstart/ticker.ini, PGQADM"})
    void sampleFilesAreRight(Path file, Section section) throws IOException {
        var lines = Files.readAllLines(file);
        var known = Key.of(section).stream().map(Key::written).toList();

        var settings = Settings.load(file, section);

        assertThat(settings.jobName()).startsWith("quickstart");
        assertThat(settings.pidfile()).isAbsolute();
        assertThat(lines.stream()
                        .filter(line -> line.matches("#?[a-z_]+ = .*"))
                        .map(line -> line.replaceFirst("^#", "").split(" ")[0])
                        .collect(Collectors.toSet()))
                .isSubsetOf(known);
        for (var key : Key.of(section)) {
            var commented = "#" + key.written() + " = ";
            lines.stream().filter(line -> line.startsWith(commented)).forEach(line -> {
                if (key.fallback() != null && !key.fallback().startsWith("(")) {
                    assertThat(line).isEqualTo(commented + key.fallback());
                }
            });
        }
    }
}
