package io.londiste.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Test methods have one naming style: camelCase. */
class TestNamesTest {
    /** A test method returns nothing, so this finds each of them, and helper methods, to which the same applies. */
    private static final Pattern METHOD = Pattern.compile("\\bvoid (\\w+)\\(");

    @ParameterizedTest
    @ValueSource(strings = {"src/test/java", "src/browser/java"})
    void areInCamelCase(Path sources) throws IOException {
        try (var files = Files.walk(sources)) {
            List<String> methods = files.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(TestNamesTest::methods)
                    .toList();
            assertThat(methods)
                    .isNotEmpty()
                    .filteredOn(method -> !method.matches("\\w+\\.[a-z][a-zA-Z0-9]*"))
                    .isEmpty();
        }
    }

    private static Stream<String> methods(Path file) {
        String type = file.getFileName().toString().replace(".java", "");
        return METHOD.matcher(read(file)).results().map(method -> type + "." + method.group(1));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
