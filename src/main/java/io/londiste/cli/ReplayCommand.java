package io.londiste.cli;

import io.londiste.app.Application;
import io.londiste.app.JobLock;
import io.londiste.daemon.Daemon;
import io.londiste.daemon.ExitCode;
import io.londiste.error.LondisteException;
import io.londiste.subscriber.Position;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code londiste config.ini replay}. */
@Command(
        name = "replay",
        description =
                "Fetch batches of events from the queue and apply them to the subscriber; copy tables that were added.",
        footer = {"  londiste -d conf.ini replay", "  londiste -s conf.ini", "  londiste conf.ini replay --once"})
final class ReplayCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DaemonOptions options = new DaemonOptions();

    @Option(
            names = "--once",
            description =
                    "Apply all pending events, bring all tables in sync, and exit when nothing is left to do; needs no ticker.")
    private boolean once;

    @Option(
            names = "--rewind",
            description = "Move the consumer back to the tick that the subscriber has applied, and exit. Use it after"
                    + " restoring the subscriber to an earlier state.")
    private boolean rewind;

    @Option(
            names = "--reset",
            description = "Forget the tick that the subscriber has applied, and exit. The next batch is applied"
                    + " wherever it begins.")
    private boolean reset;

    @Override
    public Integer call() {
        var root = Root.of(spec);
        int alone = (once ? 1 : 0) + (rewind ? 1 : 0) + (reset ? 1 : 0);
        if (alone > 1 || alone == 1 && root.daemon.with(options).actions() > 0) {
            throw Root.usageError(spec, "only one of -d, -r, -s, -k, --once, --rewind and --reset may be given");
        }
        if (rewind || reset) {
            move(root, rewind ? Position::rewind : Position::reset);
            return ExitCode.OK;
        }
        var kind = new Daemon.Kind(new ConsumerRegistration(), JobLock::new, Application::replay, once);
        return root.runDaemon(spec, options, kind);
    }

    private static void move(Root root, Consumer<Position> action) {
        var settings = root.settings();
        try (var lock = new JobLock(settings)) {
            if (!lock.isOurs()) {
                throw new LondisteException("the replay of " + settings.jobName() + " is running (" + lock.holder()
                        + "); stop it first (londiste -s " + settings.file() + "); nothing was changed");
            }
            Position.connected(settings, action);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot close connections", e);
        }
    }
}
