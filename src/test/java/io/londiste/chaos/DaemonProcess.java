package io.londiste.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A replay, a ticker or any other command as a separate process, which can be killed. */
final class DaemonProcess implements AutoCloseable {
    private final String program;
    private final Path ini;
    private final List<String> command;
    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private Process process;
    private CountDownLatch started;

    private DaemonProcess(String program, Path ini, String... command) {
        this.program = program;
        this.ini = ini;
        this.command = List.of(command);
    }

    /** {@code londiste conf.ini command...}. */
    static DaemonProcess command(Path ini, String... command) {
        return new DaemonProcess("londiste", ini, command);
    }

    /** {@code londiste conf.ini replay}. */
    static DaemonProcess replay(Path ini) {
        return new DaemonProcess("londiste", ini, "replay");
    }

    /** {@code pgqadm ticker.ini ticker}. */
    static DaemonProcess ticker(Path ini) {
        return new DaemonProcess("pgqadm", ini, "ticker");
    }

    /** Starts the process, again if an earlier one has ended. */
    void start() throws IOException {
        var words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx200m",
                "-Dlondiste.program=" + program,
                "-cp",
                System.getProperty("java.class.path"),
                "io.londiste.Main",
                ini.toString()));
        words.addAll(command);
        process = new ProcessBuilder(words)
                .directory(ini.getParent().toFile()) // where repair leaves its files
                .redirectErrorStream(true)
                .start();
        started = new CountDownLatch(1);
        CountDownLatch says = started;
        BufferedReader lines = process.inputReader();
        Thread reader = new Thread(() -> read(lines, says), "log of the " + command);
        reader.setDaemon(true);
        reader.start();
    }

    private void read(BufferedReader lines, CountDownLatch says) {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.add(line);
                if (line.contains(": Started ")) {
                    says.countDown();
                }
            }
        } catch (IOException | UncheckedIOException killed) {
            // as wanted
        }
    }

    /** Returns when the routes run. */
    void awaitStart() throws InterruptedException {
        if (!started.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError(command + " does not start:\n" + String.join("\n", log));
        }
    }

    /** Lets it run for a while; fails if it ends by itself. */
    void run(long milliseconds) throws InterruptedException {
        if (process.waitFor(milliseconds, TimeUnit.MILLISECONDS)) {
            throw new AssertionError(command + " has ended by itself:\n" + String.join("\n", log));
        }
    }

    /** Stops it with SIGSTOP, as if its machine were frozen. */
    void freeze() throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-STOP", String.valueOf(process.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException("kill -STOP: " + code);
        }
    }

    /** Kills it with SIGKILL; returns when it has ended. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** The warnings and errors that it has logged since the first start. */
    List<String> complaints() {
        return log.stream()
                .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                .toList();
    }

    /** All that it has logged since the first start. */
    List<String> log() {
        return List.copyOf(log);
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
