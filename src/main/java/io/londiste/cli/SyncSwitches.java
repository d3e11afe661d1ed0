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

/** What compare and repair have in common. */
final class SyncSwitches {
    private static final int DIFFERENT = 1;
    private static final int UNKNOWN = 2;

    @Option(
            names = "--lock",
            description = "Lock the provider's tables against writes until both sides are at the same tick.")
    private boolean lock;

    @Option(
            names = "--force",
            description =
                    "Continue although the replay lags behind; changes that are not applied yet count as differences.")
    private boolean force;

    @Option(
            names = "--where",
            paramLabel = "SQL",
            description = "Only compare rows for which this condition is true, on both sides.")
    private String where;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "2",
            description = "Number of tables, and of parts of large ones on either side, that are read at the same time;"
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
            throw Root.wrong(command, "--jobs: at least 1");
        }
        return new SyncOptions(lock, force, where);
    }

    Selection selection() {
        return tables == null ? Selection.ALL : Selection.of(tables);
    }

    /**
     * Sends a request to a route, and prints what comes out.
     *
     * @param line what is said of a result
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

    /** The exit code. */
    static int code(List<Comparison> results) {
        var outcomes = results.stream().map(Comparison::outcome).toList();
        return outcomes.contains(Outcome.UNKNOWN)
                ? UNKNOWN
                : outcomes.contains(Outcome.DIFFERENT) ? DIFFERENT : ExitCode.OK;
    }
}
