package io.londiste.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    @ParameterizedTest
    @ValueSource(strings = {"sql/pgq", "sql/londiste"})
    void namesEveryFile(String directory) throws IOException {
        try (var files = Files.walk(Path.of(directory))) {
            var there = files.filter(file -> file.toString().endsWith(".sql"))
                    .map(file -> Path.of(directory).relativize(file).toString())
                    .toList();

            assertThat(new Manifest(directory).files()).containsExactlyInAnyOrderElementsOf(there);
        }
    }

    @Test
    void theProgramKnowsTheLastStep() {
        assertThat(new Manifest("sql/londiste").version()).isEqualTo(Installed.SCHEMA_VERSION);
    }
}
