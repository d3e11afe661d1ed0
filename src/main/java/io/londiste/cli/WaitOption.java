package io.londiste.cli;

import io.londiste.change.TableName;
import io.londiste.subscriber.Subscriber;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The switch of commands that start copies of tables. */
final class WaitOption {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--wait",
            description =
                    "Wait until the tables are ok, and show the progress of their copies; the replay has to be running.")
    private boolean wait;

    /** Waits until the tables are ok if the switch is given. */
    void await(Subscriber subscriber, List<TableName> tables) {
        if (wait) {
            var root = Root.of(command);
            try (var progress = new CopyBars(root.err, root.quiet ? 0 : Screen.width(root.err))) {
                subscriber.await(tables, progress);
            }
        }
    }
}
