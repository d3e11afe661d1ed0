package io.londiste.cli;

import io.londiste.config.Pools;
import io.londiste.provider.Provider;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code londiste config.ini provider …}. */
@Command(
        name = "provider",
        description = "Commands on the provider's database.",
        customSynopsis = "londiste [options] config.ini provider command [arguments]",
        footer = "  londiste conf.ini provider add orders customers")
final class ProviderCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw Root.wrong(spec, "no provider command given");
    }

    @Command(
            name = "install",
            description =
                    "Install pgq (unless it is there) and londiste, and create the queue. Harmless the second time.",
            customSynopsis = "londiste [options] config.ini provider install",
            footer = "  londiste conf.ini provider install")
    void install() {
        with(Provider::install);
    }

    @Command(
            name = "add",
            description = "Register tables and put the triggers on them that capture their changes.",
            customSynopsis = "londiste [options] config.ini provider add (TABLE... | --all)",
            footer = {
                "  londiste conf.ini provider add orders sales.items",
                "  londiste conf.ini provider add 'sales.*'"
            })
    void add(
            @Option(
                            names = "--all",
                            description =
                                    "All tables but those of pgq, londiste, information_schema and pg_*; tables without primary key are skipped.")
                    boolean all,
            @Parameters(
                            arity = "0..*",
                            paramLabel = "TABLE",
                            description = "Name, with its schema unless that is public; * and ? are wildcards.")
                    List<String> tables) {
        var names = Arguments.oneOf(spec.subcommands().get("add").getCommandSpec(), all, tables);
        with(provider -> {
            if (all) {
                provider.addAll();
            } else {
                provider.add(names);
            }
        });
    }

    @Command(
            name = "remove",
            description = "Unregister tables and remove their triggers; the subscribers unregister them as well.",
            customSynopsis = "londiste [options] config.ini provider remove TABLE...",
            footer = "  londiste conf.ini provider remove orders")
    void remove(
            @Parameters(
                            arity = "1..*",
                            paramLabel = "TABLE",
                            description = "Name, with its schema unless that is public; * and ? are wildcards.")
                    List<String> tables) {
        with(provider -> provider.remove(tables));
    }

    @Command(
            name = "tables",
            description = "Show the registered tables.",
            customSynopsis = "londiste [options] config.ini provider tables",
            footer = "  londiste conf.ini provider tables")
    void tables() {
        with(provider -> provider.tables().forEach(Root.of(spec).out::println));
    }

    private void with(Consumer<Provider> action) {
        var root = Root.of(spec);
        root.requireNoDaemonOptions(spec);
        var settings = root.settings();
        try (var source = Pools.open(settings.providerDb(), settings.jobName(), settings.connectionLifetime())) {
            action.accept(new Provider(settings, source));
        } catch (SQLException e) {
            throw new IllegalStateException("closing connections", e);
        }
    }
}
