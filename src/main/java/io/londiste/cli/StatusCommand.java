package io.londiste.cli;

import io.londiste.app.Json;
import io.londiste.daemon.ExitCode;
import io.londiste.watch.JobStatus;
import java.io.PrintStream;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code londiste config.ini status}. */
@Command(
        name = "status",
        description = {
            "Show whether all is well with the job: problems with what to do, the replay, its lag, the queue and the tables.",
            "Exits with 0 if all is well, 1 if there are problems."
        },
        footer = {"  londiste conf.ini status", "  londiste conf.ini status --watch 10"})
final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON, an object in one line.")
    private boolean json;

    @Option(
            names = "--watch",
            arity = "0..1",
            fallbackValue = "2",
            paramLabel = "SECONDS",
            description = "Show it again after so many seconds, 2 by default, until the program is interrupted.")
    private Integer watch;

    @Override
    public Integer call() throws InterruptedException {
        if (watch != null && watch < 1) {
            throw Root.usageError(spec, "--watch needs at least 1 second, not " + watch);
        }
        var root = Root.of(spec);
        root.requireNoDaemonOptions(spec);
        var settings = root.settings();
        while (true) {
            var status = JobStatus.read(settings);
            print(status, root.out);
            if (watch == null || root.out.checkError()) {
                return status.ok() ? ExitCode.OK : ExitCode.FAILED;
            }
            Thread.sleep(Duration.ofSeconds(watch).toMillis());
            if (!json) {
                root.out.println();
            }
        }
    }

    private void print(JobStatus status, PrintStream out) {
        if (json) {
            out.println(new Json().of(status));
            return;
        }
        int problems = status.problems().size();
        out.println("job " + status.job() + ": "
                + (problems == 0 ? "all is well" : problems == 1 ? "1 problem" : problems + " problems"));
        status.problems().forEach(problem -> out.println("  ! " + Listing.text(problem)));
        line(out, "provider", status.provider() == null ? "does not respond" : "PostgreSQL " + status.provider());
        line(out, "subscriber", status.subscriber() == null ? "does not respond" : "PostgreSQL " + status.subscriber());
        line(out, "replay", replay(status));
        line(out, "queue", queue(status));
        line(out, "tables", tables(status));
        line(out, "compared", compared(status));
        if (status.savedForeignKeys() + status.savedTriggers() > 0) {
            line(out, "saved", status.savedForeignKeys() + " foreign keys, " + status.savedTriggers() + " triggers");
        }
    }

    private static void line(PrintStream out, String title, String text) {
        out.printf("  %-12s%s%n", title, text);
    }

    private static String replay(JobStatus status) {
        return (status.replay() == null ? "not known to run" : status.replay())
                + (status.paused() ? ", paused by its operator" : "")
                + (status.lag() == null ? "" : ", lag " + seconds(status.lag()))
                + (status.tick() == null ? "" : ", at tick " + status.tick());
    }

    private static String queue(JobStatus status) {
        return status.queue()
                + (status.lastTick() == null ? "" : ", last tick " + seconds(status.lastTick()) + " ago")
                + (status.newEvents() == null || status.newEvents() == 0
                        ? ""
                        : ", " + status.newEvents() + " events wait for the next")
                + (status.queueBytes() == null ? "" : ", " + TableLine.size(status.queueBytes()))
                + (status.slowest() == null || status.slowestLag() == null
                        ? ""
                        : ", slowest consumer " + status.slowest() + ", lag " + seconds(status.slowestLag()));
    }

    private static String tables(JobStatus status) {
        return status.tables().isEmpty()
                ? "none"
                : status.tables().stream()
                        .map(count -> count.count() + " " + count.state())
                        .collect(Collectors.joining(", "));
    }

    private static String compared(JobStatus status) {
        return status.compared() == null
                ? "never"
                : status.compared().truncatedTo(ChronoUnit.SECONDS) + ", " + status.equal() + " equal"
                        + (status.different() == 0 ? "" : ", " + status.different() + " not");
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }
}
