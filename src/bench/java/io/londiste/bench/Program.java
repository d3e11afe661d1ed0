package io.londiste.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that runs beside this one. */
final class Program implements AutoCloseable {
    private final Process process;

    private Program(Process process) {
        this.process = process;
    }

    /** Runs a command to its end. Fails with what it said unless it ends with 0. */
    static String run(Path directory, String... command) throws IOException {
        var out = Files.createTempFile(directory, "command", ".out");
        var process = builder(directory, List.of(command))
                .redirectOutput(out.toFile())
                .start();
        try {
            int code = process.waitFor();
            var said = Files.readString(out);
            if (code != 0) {
                throw new IOException(String.join(" ", command) + " ended with " + code + ": " + said);
            }
            Files.delete(out);
            return said;
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Starts a command that goes on; what it says goes to a file of that name. */
    static Program start(Path directory, String log, String... command) throws IOException {
        return start(directory, log, Map.of(), command);
    }

    /** As the other, with more variables in the command's environment. */
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

    /** Processor time that it has used. */
    double cpuSeconds() {
        return process.toHandle().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    /** Halts it where it is. */
    void freeze() throws IOException {
        signal("STOP");
    }

    /** Lets it go on after {@link #freeze}. */
    void thaw() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        run(Path.of(System.getProperty("java.io.tmpdir")), "kill", "-" + name, Long.toString(process.pid()));
    }

    /** Ends it as Ctrl-C does. */
    @Override
    public void close() throws IOException {
        signal("INT");
        process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
        process.destroyForcibly();
    }
}
