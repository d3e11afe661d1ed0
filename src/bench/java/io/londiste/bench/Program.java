package io.londiste.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Another process. */
final class Program implements AutoCloseable {
    private final Process process;

    private Program(Process process) {
        this.process = process;
    }

    /** Runs a command, waits for its end and returns its output. Fails with the output unless the exit code is 0. */
    static String run(Path directory, String... command) throws IOException {
        var out = Files.createTempFile(directory, "command", ".out");
        var process = builder(directory, List.of(command))
                .redirectOutput(out.toFile())
                .start();
        try {
            int code = process.waitFor();
            var output = Files.readString(out);
            if (code != 0) {
                throw new IOException(String.join(" ", command) + " ended with exit code " + code + ": " + output);
            }
            Files.delete(out);
            return output;
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Starts a command and returns while it runs; its output goes to a file of the given name. */
    static Program start(Path directory, String log, String... command) throws IOException {
        return start(directory, log, Map.of(), command);
    }

    /** Starts a command with additional environment variables. */
    static Program start(Path directory, String log, Map<String, String> environment, String... command)
            throws IOException {
        var builder = builder(directory, List.of(command))
                .redirectOutput(directory.resolve(log).toFile());
        builder.environment().putAll(environment);
        return new Program(builder.start());
    }

    private static ProcessBuilder builder(Path directory, List<String> command) {
        var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("PYTHONWARNINGS", "ignore");
        return builder;
    }

    /** The processor time that the process has used. */
    double cpuSeconds() {
        return process.toHandle().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    /** Suspends the process. */
    void freeze() throws IOException {
        signal("STOP");
    }

    /** Resumes the process after {@link #freeze}. */
    void thaw() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        run(Path.of(System.getProperty("java.io.tmpdir")), "kill", "-" + name, Long.toString(process.pid()));
    }

    /** Ends the process in the same way as Ctrl-C, and kills it if it does not end within 10 s. */
    @Override
    public void close() throws IOException {
        signal("INT");
        process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
        process.destroyForcibly();
    }
}
