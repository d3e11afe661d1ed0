package io.londiste.cli;

import io.londiste.digest.Comparison;
import io.londiste.digest.ComparisonText;
import io.londiste.repair.Repair;
import io.londiste.repair.Repaired;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code londiste config.ini repair}. */
@Command(
        name = "repair",
        description = {
            "Compare tables with the provider's and write the statements that make them equal to fix.<schema>.<table>.sql,"
                    + " or also run them. The file of an earlier repair is removed if the table needs none.",
            "Exits with 0 if all are equal (now), 1 if some differ, 2 if a table could not be compared."
        },
        footer = {"  londiste conf.ini repair orders", "  londiste conf.ini repair --apply --where 'id > 4000' orders"})
final class RepairCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SyncSwitches sync = new SyncSwitches();

    @Option(
            names = "--apply",
            description =
                    "Run the statements while the replay is paused, so that newer rows are not overwritten; those of tables"
                            + " that are connected by foreign keys in one transaction.")
    private boolean apply;

    @Option(names = "--transaction", description = "Put the statements of a file between BEGIN and COMMIT.")
    private boolean transaction;

    @Override
    public Integer call() {
        var request = new Repair.Request(sync.selection(), sync.options(spec), apply, transaction, Path.of(""));
        return SyncSwitches.code(leftDifferent(sync.run(spec, "repair", request, Repaired.class, RepairCommand::line)));
    }

    /** What was applied is equal now. */
    private static List<Comparison> leftDifferent(List<Repaired> results) {
        return results.stream()
                .filter(result -> !result.applied())
                .map(Repaired::comparison)
                .toList();
    }

    private static String line(Repaired result) {
        var line = ComparisonText.of(result.comparison());
        if (result.file() == null) {
            return result.applied() ? line + "; equal by now" : line;
        }
        return line + "; " + result.statements() + " statements in " + result.file()
                + (result.applied() ? ", which were run" : "");
    }
}
