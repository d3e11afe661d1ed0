package io.londiste.cli;

import io.londiste.subscriber.Subscriber;
import io.londiste.table.TableName;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The switch of commands that have tables copied. */
final class WaitOption {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--wait",
            description = "Wait until the tables are ok, and show the progress of their copies; the replay has to run.")
    private boolean wait;

    /** Waits for the tables if that is asked for. */
    void await(Subscriber subscriber, List<TableName> tables) {
        if (wait) {
            var root = Root.of(command);
            try (var progress = new CopyBars(root.err, root.quiet ? 0 : Screen.width(root.err))) {
                subscriber.await(tables, progress);
            }
        }
    }
}
