package io.londiste.cli;

import io.londiste.Application;
import io.londiste.config.Database;
import io.londiste.config.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code pgqadm ticker.ini ticker}. */
@Command(
        name = "ticker",
        description = "Tick the queues of the database and maintain them: rotation, retries, vacuum.",
        footer = {"  pgqadm -d ticker.ini ticker", "  pgqadm -s ticker.ini"})
final class TickerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DaemonOptions options = new DaemonOptions();

    @Override
    public Integer call() {
        // Tickers of one queue take turns in SQL.
        var kind = new Daemon.Kind(TickerCommand::check, settings -> null, Application::ticker, false);
        return Daemon.run(Root.of(spec), spec, options, kind);
    }

    private static void check(Settings settings) {
        Database.queues(settings, settings.db().dataSource(settings.jobName())).requirePgq();
    }
}
