package io.londiste.cli;

import io.londiste.test.Db;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Somebody who types commands, and sees what they print and how they end. */
final class Terminal {
    private final Path directory;

    Terminal(Path directory) {
        this.directory = directory;
    }

    /** What a command has printed, and its exit code. */
    record Result(int code, String out, String err) {
        List<String> errLines() {
            return err.lines().toList();
        }
    }

    /** Writes an INI file and returns its name. */
    String file(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The INI file of a job between two databases. */
    String job(Db provider, Db subscriber) {
        return job(provider.libpq(), subscriber.libpq());
    }

    String job(String provider, String subscriber) {
        return file("conf.ini", """
                [londiste]
                job_name = job
                provider_db = %s
                subscriber_db = %s
                pgq_queue_name = queue
                lock_timeout = 1
                pidfile = %s/job.pid
                logfile = %s/job.log
                """.formatted(provider, subscriber, directory, directory));
    }

    Result londiste(String... arguments) {
        return run(Program.LONDISTE, arguments);
    }

    Result pgqadm(String... arguments) {
        return run(Program.PGQADM, arguments);
    }

    /** Runs a command that is to succeed, and returns what it printed on standard output. */
    String ok(String... arguments) {
        var result = londiste(arguments);
        if (result.code() != Cli.OK) {
            throw new AssertionError(String.join(" ", arguments) + ": " + result);
        }
        return result.out();
    }

    private static Result run(Program program, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = Cli.run(program, new PrintStream(out, true), new PrintStream(err, true), arguments);
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
