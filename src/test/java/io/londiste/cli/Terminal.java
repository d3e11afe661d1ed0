package io.londiste.cli;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import io.londiste.daemon.ExitCode;
import io.londiste.test.Db;
import io.londiste.test.OwnFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Runs commands as a user at a terminal does, and returns their output and exit code. */
public final class Terminal {
    private final Path directory;

    public Terminal(Path directory) {
        this.directory = directory;
    }

    /** What a command has printed, and its exit code. */
    public record Result(int code, String out, String err) {
        public List<String> errLines() {
            return err.lines().toList();
        }
    }

    /** Writes an INI file and returns its name. */
    public String file(String name, String text) {
        try {
            return OwnFile.write(directory.resolve(name), text).toString();
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

    public Result londiste(String... arguments) {
        return run(Program.LONDISTE, arguments);
    }

    Result pgqadm(String... arguments) {
        return run(Program.PGQADM, arguments);
    }

    /** Runs a command that is to succeed, and returns what it printed on standard output. */
    public String ok(String... arguments) {
        var result = londiste(arguments);
        if (result.code() != ExitCode.OK) {
            throw new AssertionError(String.join(" ", arguments) + ": " + result);
        }
        return result.out();
    }

    private static Result run(Program program, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code;
        try {
            code = Cli.run(program, new PrintStream(out, true), new PrintStream(err, true), arguments);
        } finally {
            logAsBefore();
        }
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Restores the logging of the tests: each program sets the level that its switches ask for. */
    private static void logAsBefore() {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        try {
            new ContextInitializer(context).autoConfig();
        } catch (JoranException e) {
            throw new IllegalStateException(e);
        }
    }
}
