package io.londiste.cli;

import io.londiste.config.Pools;
import io.londiste.config.Settings;
import io.londiste.subscriber.AddOptions;
import io.londiste.subscriber.Subscriber;
import io.londiste.table.SubscribedTable;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code londiste config.ini subscriber …}. */
@Command(
        name = "subscriber",
        description = "Commands on the subscriber's database.",
        customSynopsis = "londiste [options] config.ini subscriber command [arguments]",
        footer = "  londiste conf.ini subscriber add orders customers")
final class SubscriberCommand implements Runnable {
    private static final String COLUMNS = "%-30s   %20s";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw Root.wrong(spec, "no subscriber command given");
    }

    @Command(
            name = "install",
            description = "Install londiste. Harmless the second time.",
            customSynopsis = "londiste [options] config.ini subscriber install",
            footer = "  londiste conf.ini subscriber install")
    void install() {
        with(Subscriber::install);
    }

    @Command(
            name = "add",
            description = "Register tables; the replay copies them and keeps them in sync from then on.",
            customSynopsis = "londiste [options] config.ini subscriber add [switches] (TABLE... | --all)",
            footer = {
                "  londiste conf.ini subscriber add orders sales.items",
                "  londiste conf.ini subscriber add --all"
            })
    void add(
            @Option(names = "--all", description = "All tables that are registered on the provider.") boolean all,
            @Option(names = "--force", description = "Ignore differences of structure.") boolean force,
            @Option(
                            names = {"--expect-sync", "--excect-sync"},
                            description = "The table is in sync already: make no copy, keep its triggers.")
                    boolean expectSync,
            @Option(names = "--skip-truncate", description = "Keep the rows that are there when copying.")
                    boolean skipTruncate,
            @Parameters(
                            arity = "0..*",
                            paramLabel = "TABLE",
                            description = "Name, with its schema unless that is public; * and ? are wildcards.")
                    List<String> tables) {
        var command = spec.subcommands().get("add").getCommandSpec();
        var names = Arguments.oneOf(command, all, tables);
        if (expectSync && skipTruncate) {
            throw Root.wrong(command, "--expect-sync makes no copy, so --skip-truncate cannot go with it");
        }
        var options = new AddOptions(force, expectSync, skipTruncate);
        with(subscriber -> {
            if (all) {
                subscriber.addAll(options);
            } else {
                subscriber.add(names, options);
            }
        });
    }

    @Command(
            name = "remove",
            description = "Unregister tables. No events are applied to them any more; they are not touched otherwise.",
            customSynopsis = "londiste [options] config.ini subscriber remove TABLE...",
            footer = "  londiste conf.ini subscriber remove orders")
    void remove(
            @Parameters(
                            arity = "1..*",
                            paramLabel = "TABLE",
                            description = "Name, with its schema unless that is public; * and ? are wildcards.")
                    List<String> tables) {
        with(subscriber -> subscriber.remove(tables));
    }

    @Command(
            name = "tables",
            description = {
                "Show the registered tables and their states:",
                "  NEW                   not yet considered",
                "  in-copy               the copy runs",
                "  catching-up           copied; missing events are replayed on it",
                "  wanna-sync:<tick-id>  the copy wants to hand the table over to the replay",
                "  do-sync:<tick-id>     the replay is ready to accept it",
                "  ok                    in sync"
            },
            customSynopsis = "londiste [options] config.ini subscriber tables",
            footer = "  londiste conf.ini subscriber tables")
    void tables() {
        with(subscriber -> {
            var tables = subscriber.tables();
            var out = Root.of(spec).out;
            out.println(COLUMNS.formatted("Table", "State"));
            tables.forEach(table -> out.println(line(table)));
        });
    }

    private static String line(SubscribedTable table) {
        var line = COLUMNS.formatted(table.name(), table.state());
        return table.reason() == null ? line : line + "   " + table.reason().replaceAll("\\s*\\R\\s*", " ");
    }

    @Command(
            name = "register",
            description = "Register the replay's consumer on the queue. The replay does it by itself when it starts.",
            customSynopsis = "londiste [options] config.ini subscriber register",
            footer = "  londiste conf.ini subscriber register")
    void register() {
        with(Subscriber::register);
    }

    @Command(
            name = "unregister",
            description =
                    "Take the replay's consumer off the queue, to end replication; tables are copied anew after that.",
            customSynopsis = "londiste [options] config.ini subscriber unregister",
            footer = "  londiste conf.ini subscriber unregister")
    void unregister() {
        with(Subscriber::unregister);
    }

    private void with(Consumer<Subscriber> action) {
        var root = Root.of(spec);
        root.requireNoDaemonOptions(spec);
        with(root.settings(), action);
    }

    static void with(Settings settings, Consumer<Subscriber> action) {
        var lifetime = settings.connectionLifetime();
        try (var provider = Pools.open(settings.providerDb(), settings.jobName(), lifetime);
                var subscriber = Pools.open(settings.subscriberDb(), settings.jobName(), lifetime)) {
            action.accept(new Subscriber(settings, provider, subscriber));
        } catch (SQLException e) {
            throw new IllegalStateException("closing connections", e);
        }
    }
}
