package io.londiste.check;

import io.londiste.check.ServerCheck.Need;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.pgq.QueueInfo;
import io.londiste.subscriber.Difference;
import io.londiste.subscriber.Difference.Severity;
import io.londiste.table.SubscribedTables;
import io.londiste.watch.JobDatabases;
import io.londiste.watch.JobState;
import io.londiste.watch.JobStatus;
import io.londiste.watch.StateReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks whether the databases of a job, or that of a ticker, have what it needs: connection, server, clock, settings, sessions,
 * schemas, rights, ticks and tables. It changes nothing. What depends on something that is missing is not checked.
 */
public final class Check {
    private final Settings settings;
    private final JobDatabases databases;
    private final List<Finding> findings = new ArrayList<>();
    /** What was read when the ticks were checked. */
    private JobState state;

    private Check(Settings settings, JobDatabases databases) {
        this.settings = settings;
        this.databases = databases;
    }

    /** What is found, on the provider or the ticker's database first; what is fine as well. */
    public static List<Finding> of(Settings settings) {
        try (var databases = new JobDatabases(settings)) {
            var check = new Check(settings, databases);
            if (settings.section() == Section.PGQADM) {
                check.ticker();
            } else {
                check.job();
            }
            return check.findings;
        }
    }

    private void ticker() {
        var report = report(databases.first());
        if (new ServerCheck(report, new Need("a ticker", 4, 8)).run() && new RightsCheck(report).queues()) {
            report.attempt("ticker", () -> ticks(report));
        }
    }

    private void job() {
        int copies = settings.parallelCopies();
        var queue = settings.queueName();
        var provider = report(databases.first());
        boolean there = new ServerCheck(provider, new Need("a replay", 8, 18 + 4 * copies)).run()
                && new RightsCheck(provider).provider(queue, settings.embeddedTicker());
        if (there) {
            provider.attempt("ticker", () -> ticks(provider));
        }
        var subscriber = report(databases.second());
        boolean here = new ServerCheck(subscriber, new Need("a replay", 8, 23 + 3 * copies)).run()
                && new RightsCheck(subscriber).subscriber(queue);
        if (there && here) {
            subscriber.attempt("encoding", () -> encodings(subscriber));
            subscriber.attempt("tables", () -> tables(subscriber));
            subscriber.attempt("replay", () -> replay(subscriber));
        }
    }

    private Report report(Database database) {
        return new Report(database, findings);
    }

    private void ticks(Report report) {
        state = new StateReader(
                        settings,
                        databases,
                        queue -> settings.section() == Section.PGQADM || queue.equals(settings.queueName()))
                .readSettled();
        if (!state.first().error().isEmpty()) {
            report.problem("ticker", state.first().error());
        }
        state.queues().values().forEach(queue -> {
            var error = state.ticks().get(queue.queue()).error();
            report.problems("ticker", error.isEmpty() ? List.of() : List.of(error), ticks(queue));
        });
    }

    private static String ticks(QueueInfo queue) {
        return "queue " + queue.queue()
                + (queue.tickerPaused()
                        ? " is paused"
                        : queue.tickerLag() == null
                                ? " has no tick yet"
                                : String.format(
                                        Locale.ROOT,
                                        ", last tick %.1f s ago",
                                        queue.tickerLag().toMillis() / 1000.0));
    }

    private void encodings(Report report) {
        var theirs = encoding(databases.first());
        var ours = encoding(report.database());
        if (!theirs.equals(ours) && !ours.equals("UTF8")) {
            report.warning(
                    "encoding",
                    "the subscriber's is " + ours + ", the provider's " + theirs + ": characters that " + ours
                            + " does not have stop their table; UTF8 has all");
        } else {
            report.ok("encoding", ours + (theirs.equals(ours) ? " on both sides" : ", and on the provider " + theirs));
        }
    }

    private static String encoding(Database database) {
        return database.texts("select pg_catalog.current_setting('server_encoding')")
                .get(0);
    }

    /** What keeps a replay that has run before from going on; a job that has none yet is as it should be. */
    private void replay(Report report) {
        var status = JobStatus.of(settings, state);
        var progress = state.progress();
        var problems = new ArrayList<String>();
        databases.subscriber().registrationLoss().ifPresent(problems::add);
        boolean works = status.replay() != null && !status.paused();
        if (works) {
            Stream.of(progress.error(), progress.observed())
                    .filter(Objects::nonNull)
                    .filter(problem -> !problems.contains(problem))
                    .forEach(problems::add);
            status.lateness(settings.lagLimit()).ifPresent(problems::add);
        }
        report.problems(
                "replay",
                problems,
                status.replay() == null
                        ? "no replay of " + settings.jobName() + " runs now"
                        : status.replay() + (status.paused() ? " is " + SubscribedTables.PAUSED : ""));
    }

    private void tables(Report report) {
        var subscriber = databases.subscriber();
        var differences = subscriber.differences();
        differences.stream()
                .filter(difference -> difference.severity() == Severity.RISK)
                .forEach(difference -> report.warning("tables", difference.text()));
        var problems = differences.stream()
                .filter(difference -> difference.severity() == Severity.ERROR)
                .map(Difference::text)
                .collect(Collectors.toCollection(ArrayList::new));
        state.comparisons().forEach((table, last) -> {
            if (last.outcome() != Outcome.EQUAL) {
                problems.add(table + ": " + last.problem());
            }
        });
        long notes = differences.stream()
                .filter(difference -> difference.severity() == Severity.NOTE)
                .count();
        report.problems(
                "tables",
                problems,
                subscriber.tables().size() + " subscribed, without errors"
                        + (notes == 0
                                ? ""
                                : ", with " + notes + " notes (londiste " + settings.file() + " subscriber check)"));
    }
}
