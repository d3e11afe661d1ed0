package io.londiste.cli;

import io.londiste.app.Application;
import io.londiste.daemon.ExitCode;
import io.londiste.digest.Comparison;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.sync.SyncOptions;
import io.londiste.sync.WorkListener;
import io.londiste.table.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of compare and repair, and how both are run. */
final class SyncSwitches {
    private static final int DIFFERENT = 1;
    private static final int UNKNOWN = 2;

    @Option(
            names = "--lock",
            description = "Lock the provider's tables against writes until both sides have reached the same tick.")
    private boolean lock;

    @Option(
            names = "--force",
            description = "Compare although the replay lags behind; changes not applied yet then count as differences."
                    + " With repair --apply, also undo what route files do to rows on their way to the subscriber.")
    private boolean force;

    @Option(
            names = "--where",
            paramLabel = "SQL",
            description = "Compare only rows that satisfy this condition, on both sides.")
    private String where;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "2",
            description = "Number of tables, and of parts of large tables on each side, that are compared in parallel;"
                    + " ${DEFAULT-VALUE} by default.")
    private int jobs;

    @Mixin
    private JsonOption format = new JsonOption();

    @Parameters(
            arity = "0..*",
            paramLabel = "TABLE",
            description = "Name, with its schema unless that is public; * and ? are wildcards. All by default.")
    private List<String> tables;

    SyncOptions options(CommandSpec command) {
        if (jobs < 1) {
            throw Root.usageError(command, "--jobs: must be at least 1");
        }
        return new SyncOptions(lock, force, where);
    }

    Selection selection() {
        return tables == null ? Selection.ALL : Selection.of(tables);
    }

    /**
     * Sends a request to a route and prints its results.
     *
     * @param line formats a result as one line of text
     */
    <T extends Record> List<T> run(
            CommandSpec command, String route, Object request, Class<T> kind, Function<T, String> line) {
        var root = Root.of(command);
        root.requireNoDaemonOptions(command);
        root.failure = UNKNOWN;
        var settings = root.settings();
        var results = new ArrayList<T>();
        int width = root.quiet || format.json ? 0 : Screen.width(root.err);
        try (var progress = new ComparisonBar(route, root.err, width);
                var application = Application.comparing(
                        settings,
                        jobs,
                        result -> {
                            results.add(kind.cast(result));
                            if (!format.json) {
                                progress.print(root.out, line.apply(kind.cast(result)));
                            }
                        },
                        width == 0 ? WorkListener.NONE : progress)) {
            application.start();
            application.send(route, request);
        }
        if (format.json) {
            Listing.json(root.out, results);
        }
        return results;
    }

    /** The exit code for these results. */
    static int code(List<Comparison> results) {
        var outcomes = results.stream().map(Comparison::outcome).toList();
        return outcomes.contains(Outcome.UNKNOWN)
                ? UNKNOWN
                : outcomes.contains(Outcome.DIFFERENT) ? DIFFERENT : ExitCode.OK;
    }
}
