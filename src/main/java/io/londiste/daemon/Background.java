package io.londiste.daemon;

import io.londiste.config.LogFormat;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Runs a daemon in the background: starts the same command line as another process, detached from the terminal's signals,
 * which reports through a pipe when it is ready or why it failed.
 */
final class Background {
    private static final String PROPERTY = "londiste.background";
    private static final String READY = "londiste is ready, process ";

    /** Without setsid, a shell with job control gives each of its children its own process group. */
    private static final String DETACH =
            "command -v setsid >/dev/null 2>&1 && exec setsid \"$@\"; set -m 2>/dev/null; \"$@\" &";

    /** What is logged when the process runs out of memory. The JVM replaces %p by the process id, and %% by %. */
    private static final String OUT_OF_MEMORY =
            "process %p has run out of memory and ends: give it more memory with -Xmx in JAVA_OPTS, for example"
                    + " JAVA_OPTS=-Xmx1g";

    private static final Map<LogFormat, String> OUT_OF_MEMORY_LINES = Map.of(
            LogFormat.TEXT,
            "$(date '+%%F %%T,000') ERROR " + OUT_OF_MEMORY,
            LogFormat.JSON,
            "{\"time\":\"$(date -u +%%FT%%T.000Z)\",\"level\":\"ERROR\",\"process\":%p,\"message\":\"" + OUT_OF_MEMORY
                    + "\"}");

    private static volatile boolean ready;

    private Background() {}

    /** Whether this process was started by {@link #start}. */
    static boolean inBackground() {
        return Boolean.getBoolean(PROPERTY);
    }

    /** Starts the command line in the background and waits until it is ready or has failed. */
    static int start(Invocation invocation) {
        try {
            var child = new ProcessBuilder(command(invocation))
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .start();
            try (var output =
                    new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                for (var line = output.readLine(); line != null; line = output.readLine()) {
                    if (line.startsWith(READY)) {
                        if (invocation.detail() != Logs.Detail.QUIET) {
                            invocation.err().println("In the background as process " + line.substring(READY.length()));
                        }
                        return ExitCode.OK;
                    }
                    invocation.err().println(line);
                }
            }
            return ExitCode.FAILED;
        } catch (IOException e) {
            throw new IllegalStateException("the background process cannot be started", e);
        }
    }

    private static List<String> command(Invocation invocation) {
        var command = new ArrayList<>(List.of(
                "sh",
                "-c",
                DETACH,
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-D" + PROPERTY + "=true",
                "-Dlondiste.program=" + invocation.program()));
        command.addAll(options());
        logOutOfMemory(invocation).ifPresent(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.londiste.Main"));
        command.addAll(invocation.arguments());
        return command;
    }

    /**
     * The JVM option that logs that the process has run out of memory. The JVM ends it at once then, and what it says goes
     * nowhere. Empty without a log file. The JVM takes a semicolon for the end of a command.
     */
    private static Optional<String> logOutOfMemory(Invocation invocation) {
        Logs.silence(); // what there is to say about the INI file, the background process says
        var settings = invocation.load();
        return Optional.ofNullable(settings.logfile())
                .filter(file -> !file.toAbsolutePath().toString().contains(";"))
                .map(file -> {
                    var quoted = "'" + file.toAbsolutePath().toString().replace("'", "'\\''") + "'";
                    var line = OUT_OF_MEMORY_LINES.get(settings.logFormat());
                    return "-XX:OnOutOfMemoryError=echo \"" + line.replace("\"", "\\\"") + "\" >> "
                            + quoted.replace("%", "%%");
                });
    }

    /** JVM options of the background process: those of {@code bin/londiste} for a daemon, and JAVA_OPTS. */
    private static List<String> options() {
        return Stream.of(System.getProperty("londiste.daemon"), System.getenv("JAVA_OPTS"))
                .filter(Objects::nonNull)
                .flatMap(options -> Stream.of(options.split("\\s+")))
                .filter(Predicate.not(String::isEmpty))
                .toList();
    }

    /** Notifies the waiting process and closes the terminal's streams. Does nothing in the foreground. */
    static void ready() {
        if (inBackground()) {
            ready = true;
            System.out.println(READY + ProcessHandle.current().pid());
            // The JDK discards what is written to standard streams after they are closed.
            System.out.close();
            System.err.close();
        }
    }

    /** Whether this process runs in the background and has closed the terminal's streams. */
    static boolean isReady() {
        return ready;
    }
}
