package io.londiste.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/**
 * A command that has ended.
 *
 * @param code its exit code
 * @param said what it has printed on both streams
 */
record Ran(int code, String said) {
    /** Runs a command. It may leave processes behind that keep its streams open. */
    static Ran of(ProcessBuilder command) throws IOException, InterruptedException {
        var output = Files.createTempFile("said", ".txt");
        try {
            int code = command.redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start()
                    .waitFor();
            return new Ran(code, Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            Files.delete(output);
        }
    }

    /** This, if the command has succeeded. */
    Ran succeeded() {
        assertThat(code).as(said).isZero();
        return this;
    }
}
