package io.londiste.cli;

import io.londiste.db.Pools;
import io.londiste.provider.Provider;
import io.londiste.subscriber.Subscriber;
import java.sql.SQLException;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code londiste config.ini provider …}. */
@Command(
        name = "provider",
        description = "Commands on the provider's database.",
        footer = "  londiste conf.ini provider add orders customers")
final class ProviderCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw Root.usageError(spec, "no provider command given");
    }

    @Command(
            name = "install",
            description = "Install pgq (unless it is installed) and londiste, and create the queue. Safe to repeat.",
            footer = "  londiste conf.ini provider install")
    void install() {
        with(Provider::install);
    }

    @Command(
            name = "uninstall",
            description = {
                "Drop schema londiste and the queue. Drop pgq as well if it has no other queue, and its roles if nothing else uses them.",
                "Refused while tables or sequences are registered, or the queue has consumers. Stop the ticker before."
            },
            footer = "  londiste conf.ini provider uninstall")
    void uninstall(
            @Option(names = "--force", description = "Drop them nevertheless; what is lost is reported.")
                    boolean force) {
        with(provider -> provider.uninstall(force));
    }

    @Command(
            name = "add",
            description = {
                "Register tables and create the triggers that capture their changes.",
                "--all excludes the schemas pgq, pgq_ext, pgq_node, londiste, information_schema and pg_*, and tables without a primary key."
            },
            footer = {
                "  londiste conf.ini provider add orders sales.items",
                "  londiste conf.ini provider add 'sales.*'"
            })
    void add(@Mixin TableNames tables) {
        var selection = tables.selection();
        with(provider -> provider.add(selection));
    }

    @Command(
            name = "remove",
            description = "Unregister tables and drop their triggers; the subscribers then unregister the tables, too.",
            footer = "  londiste conf.ini provider remove orders")
    void remove(@Mixin TableNames tables) {
        var selection = tables.selection();
        with(provider -> provider.remove(selection));
    }

    @Command(
            name = "adopt",
            description = {
                "Make the queues usable again after the provider was moved to another database cluster by dump and restore.",
                "Drops all events, resets this job and has its tables copied again; the replay must be stopped. Changes nothing if the provider was not moved."
            },
            footer = "  londiste conf.ini provider adopt")
    void adopt() {
        var root = Root.of(spec);
        root.requireNoDaemonOptions(spec);
        Subscriber.connected(root.settings(), Subscriber::adoptProvider);
    }

    @Command(
            name = "tables",
            description = "Show the registered tables.",
            footer = "  londiste conf.ini provider tables")
    void tables(@Mixin JsonOption format) {
        var out = Root.of(spec).out;
        with(provider -> {
            var tables = provider.tables();
            if (format.json) {
                Listing.json(out, tables);
            } else {
                tables.forEach(table -> out.println(Listing.line(table.name())));
            }
        });
    }

    @Command(
            name = "add-seq",
            description = {
                "Register sequences so that subscribers can follow their values. Needs SELECT on them.",
                "--all excludes the schemas pgq, pgq_ext, pgq_node, londiste, information_schema and pg_*."
            },
            footer = {"  londiste conf.ini provider add-seq orders_id_seq", "  londiste conf.ini provider add-seq --all"
            })
    void addSeq(@Mixin SequenceNames sequences) {
        var selection = sequences.selection();
        with(provider -> provider.sequences().add(selection));
    }

    @Command(
            name = "remove-seq",
            description = "Unregister sequences, also on the subscribers, where they keep their current values.",
            footer = "  londiste conf.ini provider remove-seq orders_id_seq")
    void removeSeq(@Mixin SequenceNames sequences) {
        var selection = sequences.selection();
        with(provider -> provider.sequences().remove(selection));
    }

    @Command(
            name = "seqs",
            description = "Show the registered sequences.",
            footer = "  londiste conf.ini provider seqs")
    void seqs(@Mixin JsonOption format) {
        var out = Root.of(spec).out;
        with(provider -> {
            var sequences = provider.sequences().list();
            if (format.json) {
                Listing.json(out, sequences);
            } else {
                sequences.forEach(sequence -> out.println(Listing.line(sequence.name())));
            }
        });
    }

    private void with(Consumer<Provider> action) {
        var root = Root.of(spec);
        root.requireNoDaemonOptions(spec);
        var settings = root.settings();
        try (var source = Pools.open(settings.providerDb(), settings.jobName(), settings.connectionLifetime())) {
            action.accept(new Provider(settings, source));
        } catch (SQLException e) {
            throw new IllegalStateException("cannot close connections", e);
        }
    }
}
