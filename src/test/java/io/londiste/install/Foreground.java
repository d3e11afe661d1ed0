package io.londiste.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A daemon in the foreground. */
final class Foreground implements AutoCloseable {
    private final Process process;
    private final Path output;

    private Foreground(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * Starts it.
     *
     * @param output the file for what it prints
     */
    static Foreground start(ProcessBuilder command, Path output) throws IOException {
        return new Foreground(
                command.redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start(),
                output);
    }

    String said() throws IOException {
        return Files.readString(output);
    }

    /** Waits until it has printed a text; fails if it ends before. */
    void awaitSaid(String text) {
        await(text).until(() -> said().contains(text) || !process.isAlive());
        assertThat(output).content().contains(text);
    }

    /** The JVM below the programs that have started it. */
    ProcessHandle jvm() {
        return process.descendants()
                .filter(each -> each.info().command().orElse("").endsWith("/java"))
                .findFirst()
                .orElseThrow();
    }

    /** Sends SIGINT to the JVM; returns the exit code when everything has ended. */
    int interrupt() throws IOException, InterruptedException {
        Ran.of(new ProcessBuilder("sh", "-c", "kill -INT $0", Long.toString(jvm().pid())))
                .succeeded();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("ended").isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
