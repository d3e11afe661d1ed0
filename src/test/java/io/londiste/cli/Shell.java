package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.Db;
import io.londiste.test.OwnFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Types commands as at a terminal, with {@code bin} on the PATH, in a directory with INI files for a job and its ticker. */
final class Shell {
    private static final Path BIN = Path.of("bin").toAbsolutePath();

    private final Path directory;

    Shell(Path directory) {
        this.directory = directory;
    }

    /** What a command has printed on both streams, and its exit code. */
    record Typed(int code, String said) {}

    /** Writes {@code conf.ini} of {@code job} and {@code ticker.ini} of {@code ticker}. */
    void write(Db provider, Db subscriber) throws IOException {
        OwnFile.write(directory.resolve("conf.ini"), """
                [londiste]
                job_name = job
                provider_db = %s
                subscriber_db = %s
                pgq_queue_name = londiste.replika
                pidfile = %%(job_name)s.pid
                logfile = %%(job_name)s.log
                loop_delay = 0.2
                """.formatted(provider.libpq(), subscriber.libpq()));
        OwnFile.write(directory.resolve("ticker.ini"), """
                [pgqadm]
                job_name = ticker
                db = %s
                pidfile = %%(job_name)s.pid
                logfile = %%(job_name)s.log
                """.formatted(provider.libpq()));
    }

    /** Starts a command without waiting for it; its output goes to a file of that name. */
    Process start(String command, String said) throws IOException {
        var builder = new ProcessBuilder("sh", "-c", "trap '' HUP INT; " + command) // as after nohup, or & in a script
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(said).toFile());
        builder.environment().merge("PATH", BIN.toString(), (path, bin) -> bin + ":" + path);
        return builder.start();
    }

    Typed type(String command) throws IOException, InterruptedException {
        int code = start(command, "said.txt").waitFor();
        return new Typed(code, Files.readString(directory.resolve("said.txt"), StandardCharsets.UTF_8));
    }

    Typed succeed(String command) throws IOException, InterruptedException {
        var typed = type(command);
        assertThat(typed.code()).as(command + ": " + typed.said()).isZero();
        return typed;
    }

    /** Installs in both databases, without a process for each command. */
    void install() {
        var terminal = new Terminal(directory);
        for (var side : new String[] {"provider", "subscriber"}) {
            terminal.ok(directory.resolve("conf.ini").toString(), side, "install");
        }
    }

    /** Registers a table on both sides, without a process for each command. */
    void add(String table) {
        var terminal = new Terminal(directory);
        for (var side : new String[] {"provider", "subscriber"}) {
            terminal.ok(directory.resolve("conf.ini").toString(), side, "add", table);
        }
    }

    /** The process of a daemon, by its pid file. */
    Optional<Long> pid(String job) {
        try {
            return Optional.of(Long.parseLong(
                    Files.readString(directory.resolve(job + ".pid")).strip()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    String log(String job) throws IOException {
        return Files.readString(directory.resolve(job + ".log"));
    }

    /** Kills the daemons that still run. */
    void endDaemons() {
        for (var name : new String[] {"job", "second", "ticker"}) {
            pid(name).flatMap(ProcessHandle::of).ifPresent(daemon -> {
                daemon.destroyForcibly();
                daemon.onExit().join();
            });
        }
    }
}
