package io.londiste.cli;

import io.londiste.app.Application;
import io.londiste.config.Databases;
import io.londiste.config.Settings;
import io.londiste.daemon.Daemon;
import io.londiste.db.Pools;
import io.londiste.schema.Installed;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code pgqadm ticker.ini ticker}. */
@Command(
        name = "ticker",
        description = "Create ticks on the queues of the database and maintain them: rotation, retries, vacuum.",
        footer = {"  pgqadm -d ticker.ini ticker", "  pgqadm -s ticker.ini"})
final class TickerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DaemonOptions options = new DaemonOptions();

    @Override
    public Integer call() {
        // No job lock: the SQL functions of the ticker lock each queue.
        var kind = new Daemon.Kind(TickerCommand::check, settings -> null, Application::ticker, false);
        return Root.of(spec).runDaemon(spec, options, kind);
    }

    private static void check(Settings settings) {
        try (var source = Pools.open(settings.db(), settings.jobName(), settings.connectionLifetime())) {
            Installed.requirePgq(Databases.queues(settings, source));
        } catch (SQLException e) {
            throw new IllegalStateException("cannot close connections", e);
        }
    }
}
