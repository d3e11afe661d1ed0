package io.londiste.cli;

import io.londiste.db.Pools;
import io.londiste.provider.Provider;
import io.londiste.subscriber.Subscriber;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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

    @Command(
            name = "execute",
            description = {
                "Execute SQL scripts on the provider, and on each subscriber in order with the changes: what was written before meets the old"
                        + " structure there, what is written after it the new one.",
                "Each file is one transaction, and its name can be used once. It may not change rows of replicated tables, which are"
                        + " replicated by themselves. Names without a schema are those of public.",
                "A subscriber where a script fails waits, with the reason in its log and its state; subscriber skip-script skips it."
            },
            footer = {
                "  londiste conf.ini provider execute 2026-05-add-note.sql",
                "  londiste conf.ini provider execute --check 2026-05-add-note.sql"
            })
    void execute(
            @Parameters(
                            arity = "1..*",
                            paramLabel = "FILE",
                            description = "File with SQL statements, encoded in UTF-8.")
                    List<Path> files,
            @Option(
                            names = "--only",
                            paramLabel = "TABLES",
                            description = "Only for subscribers that have all of these tables, separated by commas.")
                    String only,
            @Option(
                            names = "--check",
                            description =
                                    "Only show where the scripts were executed, and try the others on the provider, in a transaction that is rolled back.")
                    boolean check) {
        if (!check) {
            with(provider -> provider.scripts().execute(ScriptFiles.read(files, only)));
            return;
        }
        var out = Root.of(spec).out;
        with(provider -> {
            var executed = provider.scripts();
            var scripts = ScriptFiles.read(files, only);
            ScriptFiles.places(scripts, "provider", executed.list()).forEach(out::println);
            executed.tryOut(scripts);
        });
        Subscriber.connected(Root.of(spec).settings(), subscriber -> ScriptFiles.places(
                        ScriptFiles.read(files, only),
                        "subscriber",
                        subscriber.scripts().list())
                .forEach(out::println));
    }

    @Command(
            name = "scripts",
            description = "Show the scripts that were executed, and when.",
            footer = "  londiste conf.ini provider scripts")
    void scripts(@Mixin JsonOption format) {
        var out = Root.of(spec).out;
        with(provider -> {
            var scripts = provider.scripts().list();
            if (format.json) {
                Listing.json(out, scripts);
            } else {
                scripts.forEach(script -> out.println(ScriptFiles.line(script)));
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
