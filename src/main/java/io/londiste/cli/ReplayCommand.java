package io.londiste.cli;

import io.londiste.Application;
import io.londiste.subscriber.Subscriber;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code londiste config.ini replay}. */
@Command(
        name = "replay",
        description =
                "Get batches of events from the queue and apply them to the subscriber; copy tables that were added.",
        customSynopsis = {
            "londiste [options] config.ini replay [-d]",
            "       londiste (-r | -s | -k) config.ini [replay]"
        },
        footer = {"  londiste -d conf.ini replay", "  londiste -s conf.ini"})
final class ReplayCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DaemonOptions options = new DaemonOptions();

    @Override
    public Integer call() {
        var kind = new Daemon.Kind(
                settings -> SubscriberCommand.with(settings, Subscriber::register), JobLock::new, Application::replay);
        return Daemon.run(Root.of(spec), spec, options, kind);
    }
}
