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
                    + " or run them, too. Of a table that needs none, a file of before is removed.",
            "Ends with 0 if all are equal (now), 1 if some differ, 2 if it could not be told."
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
                    "Run the statements, those of tables that foreign keys link in one transaction, while the replay stands"
                            + " still: newer rows are not overwritten.")
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
