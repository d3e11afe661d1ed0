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
            "Compare tables with the provider's, and write the statements that repair the differences to"
                    + " fix.<schema>.<table>.sql, or execute them as well. If a table needs none, its file of an"
                    + " earlier run is removed.",
            "Exits with 0 if all are equal (now), 1 if some differ, 2 if some could not be compared."
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
                    "Execute the statements while the replay is paused, so that newer rows are not overwritten; tables"
                            + " that are linked by foreign keys are repaired in one transaction. Refused without --force"
                            + " if route files change rows on their way to the subscriber, which would be undone.")
    private boolean apply;

    @Option(names = "--transaction", description = "Enclose the statements of a file in BEGIN and COMMIT.")
    private boolean transaction;

    @Override
    public Integer call() {
        var request = new Repair.Request(sync.selection(), sync.options(spec), apply, transaction, Path.of(""));
        return SyncSwitches.code(notRepaired(sync.run(spec, "repair", request, Repaired.class, RepairCommand::line)));
    }

    /** The comparisons of the tables that were not repaired. */
    private static List<Comparison> notRepaired(List<Repaired> results) {
        return results.stream()
                .filter(result -> !result.applied())
                .map(Repaired::comparison)
                .toList();
    }

    private static String line(Repaired result) {
        var line = ComparisonText.of(result.comparison());
        if (result.file() == null) {
            return result.applied() ? line + "; equal in the meantime" : line;
        }
        return line + "; " + result.statements() + " statements in " + result.file()
                + (result.applied() ? ", executed" : "");
    }
}
