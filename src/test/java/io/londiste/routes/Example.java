package io.londiste.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A copy of an example that needs jars, made ready as its README says. Maven takes what it has downloaded before, and downloads the
 * rest.
 *
 * @param directory where the copy is
 */
record Example(String name, Path directory) {
    /** Copies the example into a directory, and collects its jars. */
    static Example copy(String name, Path parent) throws IOException, InterruptedException {
        var example = new Example(name, parent.resolve(name));
        copyDirectory(Path.of("examples", name), example.directory);
        run(new ProcessBuilder("mvn", "-B", "-q", "-f", example.directory.toString(), "package"));
        assertThat(example.directory.resolve("target/lib")).isNotEmptyDirectory();
        return example;
    }

    static void copyDirectory(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                if (!file.startsWith(from.resolve("target"))) {
                    Files.copy(file, to.resolve(from.relativize(file).toString()));
                }
            }
        }
    }

    /** Runs a command, which has to succeed, and returns what it has printed on standard output. */
    static String run(ProcessBuilder command) throws IOException, InterruptedException {
        var output = Files.createTempFile("said", ".txt");
        var errors = Files.createTempFile("errors", ".txt");
        try {
            int code = command.redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start()
                    .waitFor();
            assertThat(code)
                    .as(Files.readString(output) + Files.readString(errors))
                    .isZero();
            return Files.readString(output);
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }

    /** Its INI file {@code ticker.ini}, with other values of some keys, and with its own directories. */
    Settings settings(Map<String, String> values) throws IOException {
        return settings("ticker.ini", values);
    }

    /** The same with another INI file. */
    Settings settings(String ini, Map<String, String> values) throws IOException {
        var text = Files.readString(directory.resolve(ini)).replace("examples/" + name, directory.toString());
        for (var value : values.entrySet()) {
            var line = Pattern.compile("(?m)^" + Pattern.quote(value.getKey()) + " = .*");
            assertThat(text).containsPattern(line);
            text = line.matcher(text).replaceFirst(Matcher.quoteReplacement(value.getKey() + " = " + value.getValue()));
        }
        text += "loop_delay = 0.02\nmaint_delay = 0.1\n";
        return Settings.load(Files.writeString(directory.resolve("adapted." + ini), text), Section.PGQADM);
    }
}
