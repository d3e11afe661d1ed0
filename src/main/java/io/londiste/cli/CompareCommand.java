package io.londiste.cli;

import io.londiste.digest.Compare;
import io.londiste.digest.Comparison;
import io.londiste.digest.ComparisonText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code londiste config.ini compare}. */
@Command(
        name = "compare",
        description = {
            "Compare tables with the provider's as of the same moment, all tables by default; writers and the replay continue.",
            "Exits with 0 if all are equal, 1 if some differ, 2 if some could not be compared."
        },
        footer = {"  londiste conf.ini compare", "  londiste conf.ini compare orders 'sales.*'"})
final class CompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--count", description = "Only count rows, as Londiste 2 did.")
    private boolean count;

    @Mixin
    private SyncSwitches sync = new SyncSwitches();

    @Override
    public Integer call() {
        var request = new Compare.Request(sync.selection(), sync.options(spec), count);
        return SyncSwitches.code(sync.run(spec, "compare", request, Comparison.class, ComparisonText::of));
    }
}
