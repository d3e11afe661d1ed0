package io.londiste.cli;

import io.londiste.daemon.ExitCode;
import io.londiste.definition.Creation;
import io.londiste.subscriber.AddOptions;
import io.londiste.subscriber.Difference;
import io.londiste.subscriber.ForeignKey;
import io.londiste.subscriber.Missing;
import io.londiste.subscriber.Subscriber;
import io.londiste.subscriber.TableStatus;
import io.londiste.subscriber.Trigger;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code londiste config.ini subscriber …}. */
@Command(
        name = "subscriber",
        description = "Commands on the subscriber's database.",
        footer = "  londiste conf.ini subscriber add orders customers")
final class SubscriberCommand implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriberCommand.class);

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw Root.usageError(spec, "no subscriber command given");
    }

    @Command(
            name = "install",
            description = "Install londiste. Safe to repeat.",
            footer = "  londiste conf.ini subscriber install")
    void install() {
        with(Subscriber::install);
    }

    @Command(
            name = "uninstall",
            description = {
                "Drop schema londiste, with which nothing of the replication is left. The tables stay.",
                "Refused while tables or sequences are subscribed, the job is registered, or foreign keys or triggers are saved."
            },
            footer = "  londiste conf.ini subscriber uninstall")
    void uninstall(
            @Option(names = "--force", description = "Drop it nevertheless; what is lost is reported.") boolean force) {
        with(subscriber -> subscriber.uninstall(force));
    }

    @Command(
            name = "add",
            description = {
                "Register tables; the replay copies them and keeps them in sync from then on.",
                "--all takes all tables that are registered on the provider.",
                "--dest-table, --where, --columns, --set, --ops, --shard, --apply-fn and --partition-by declare what the tables are replicated as. Copy, replay, compare and repair obey that; to"
                        + " change it, remove the table and add it again."
            },
            footer = {
                "  londiste conf.ini subscriber add orders sales.items",
                "  londiste conf.ini subscriber add --all",
                "  londiste conf.ini subscriber add --all --create=full",
                "  londiste conf.ini subscriber add orders --dest-table archive.orders_2026",
                "  londiste conf.ini subscriber add customers --where 'region=1' --columns id,region,email --set 'email=md5(email)'",
                "  londiste conf.ini subscriber add payments --ops insert,update",
                "  londiste conf.ini subscriber add visits --shard user_id:0/4",
                "  londiste conf.ini subscriber add visits --create --partition-by created:daily --retention '90 days'",
                "  londiste conf.ini subscriber add orders --apply-fn stock.apply_order"
            })
    void add(
            @Mixin TableNames tables,
            @Option(names = "--force", description = "Ignore differences in structure.") boolean force,
            @Option(
                            names = {"--expect-sync", "--excect-sync"},
                            description = "The table is in sync already: do not copy it, keep its triggers.")
                    boolean expectSync,
            @Option(names = "--skip-truncate", description = "Keep the existing rows when copying.")
                    boolean skipTruncate,
            @Option(
                            names = "--deny-writes",
                            description =
                                    "Allow only the replay to change the table, until it is removed. To change it by hand,"
                                            + " set londiste.replay = 'on' in the session.")
                    boolean denyWrites,
            @Option(
                            names = "--create",
                            arity = "0..1",
                            fallbackValue = "plain",
                            paramLabel = "full",
                            converter = CreationConverter.class,
                            preprocessor = CreationConverter.class,
                            description = {
                                "Create tables that are missing: their columns and their primary key.",
                                "--create=full creates also indexes, constraints, foreign keys between tables that are on the subscriber,"
                                        + " partitions, comments, and the sequences of the columns."
                            })
                    Creation create,
            @Mixin DeclarationOptions declaration,
            @Mixin WaitOption wait) {
        var selection = tables.selection();
        if (expectSync && skipTruncate) {
            throw Root.usageError(
                    tables.command, "--expect-sync makes no copy, so it cannot be combined with --skip-truncate");
        }
        var creation = create == null ? Creation.NONE : create;
        if (expectSync && creation != Creation.NONE) {
            throw Root.usageError(
                    tables.command,
                    "--expect-sync needs the rows of the tables, so it cannot be combined with --create");
        }
        var options = new AddOptions(force, expectSync, skipTruncate, denyWrites, creation, declaration.declaration());
        with(subscriber -> wait.await(subscriber, subscriber.add(selection, options)));
    }

    @Command(
            name = "remove",
            description = "Unregister tables. Events are no longer applied to them; their rows stay as they are.",
            footer = "  londiste conf.ini subscriber remove orders")
    void remove(@Mixin TableNames tables) {
        var selection = tables.selection();
        with(subscriber -> subscriber.remove(selection));
    }

    @Command(
            name = "resync",
            description = {
                "Copy tables again that are ok or stopped. Their triggers are saved and dropped, as when the tables were added.",
                "--all takes all subscribed tables except those that are being copied already."
            },
            footer = "  londiste conf.ini subscriber resync orders")
    void resync(@Mixin TableNames tables, @Mixin WaitOption wait) {
        var selection = tables.selection();
        with(subscriber -> wait.await(subscriber, subscriber.resync(selection)));
    }

    @Command(
            name = "retry",
            description = {
                "Try stopped tables again at once, from where they are. The replay tries them by itself, too, at least every five minutes.",
                "--all takes all stopped tables."
            },
            footer = "  londiste conf.ini subscriber retry orders")
    void retry(@Mixin TableNames tables, @Mixin WaitOption wait) {
        var selection = tables.selection();
        with(subscriber -> wait.await(subscriber, subscriber.retry(selection)));
    }

    @Command(
            name = "tables",
            description = {
                "Show the registered tables, their states and the reasons of stopped ones.",
                "  NEW                   copy not started yet",
                "  in-copy               the copy is running",
                "  catching-up           copied; the events since then are being applied",
                "  wanna-sync:<tick-id>  the catch-up is ready to hand the table over to the replay",
                "  do-sync:<tick-id>     the replay is ready to take the table over",
                "  ok                    in sync",
                "The progress of the copy, or the reason why the table is stopped, follows the state; then, in brackets, what the table is"
                        + " replicated as, if not all rows and columns as they are."
            },
            footer = "  londiste conf.ini subscriber tables")
    void tables(@Mixin JsonOption format) {
        list(format, SubscriberCommand::tables, tables -> {
            out().println(TableLine.TITLE);
            tables.forEach(table -> out().println(TableLine.of(table)));
        });
    }

    private static List<TableStatus> tables(Subscriber subscriber) {
        var tables = subscriber.tables();
        subscriber.replayProblems().forEach(LOG::warn);
        return tables;
    }

    @Command(
            name = "missing",
            description =
                    "Show tables and sequences that are registered on the provider but not on the subscriber, and whether they exist there.",
            footer = "  londiste conf.ini subscriber missing")
    void missing(@Mixin JsonOption format) {
        list(format, Subscriber::missing, missing -> missing.forEach(thing -> out().println(line(thing))));
    }

    private static String line(Missing thing) {
        return (thing.kind().equals("table") ? "Table: " : "Sequence: ")
                + Listing.line(thing.name())
                + (thing.exists() ? "" : "   does not exist on the subscriber");
    }

    @Command(
            name = "check",
            description = {
                "Report stopped tables, changes that the provider may not have captured, and unlogged tables; compare the structure of"
                        + " all subscribed tables with the provider's, and check privileges.",
                "Each finding has a severity:",
                "  error  no row can be applied",
                "  risk   some rows could stop the table, or differ from the provider's",
                "  note   harmless by itself",
                "Exits with 1 if there are errors or risks."
            },
            footer = "  londiste conf.ini subscriber check")
    int check(@Mixin JsonOption format) {
        var differences = list(
                format,
                Subscriber::check,
                found -> found.forEach(
                        difference -> out().println(difference.severity() + ": " + Listing.line(difference.text()))));
        return differences.stream().anyMatch(Difference::stops) ? ExitCode.FAILED : ExitCode.OK;
    }

    @Command(
            name = "fkeys",
            description = {
                "Show the foreign keys from and to the subscribed tables: those that were saved and dropped for a copy (pending)"
                        + " and those that exist (active).",
                "Saved foreign keys are restored when both their tables are in sync."
            },
            footer = {"  londiste conf.ini subscriber fkeys", "  londiste conf.ini subscriber fkeys pending"})
    void fkeys(@Mixin StatusFilter status, @Mixin JsonOption format) {
        list(
                format,
                subscriber -> status.of(subscriber.foreignKeys(), ForeignKey::status),
                keys -> Listing.columns(out(), "fkeys", keys));
    }

    @Command(
            name = "triggers",
            description = {
                "Show the triggers of the subscribed tables: those that were saved and dropped (pending) and those that exist (active).",
                "Saved triggers are restored by restore-triggers, or when the table is removed."
            },
            footer = {"  londiste conf.ini subscriber triggers", "  londiste conf.ini subscriber triggers active"})
    void triggers(@Mixin StatusFilter status, @Mixin JsonOption format) {
        list(
                format,
                subscriber -> status.of(subscriber.triggers(), Trigger::status),
                triggers -> Listing.columns(out(), "triggers", triggers));
    }

    @Command(
            name = "restore-triggers",
            description = {
                "Restore the saved triggers of a table that is ok, or only the named ones. From then on, changes that the replay applies fire them.",
                "A trigger that changes rows or other tables then does so a second time: the provider's trigger has done it already, and the replay"
                        + " brings the result. save-triggers saves and drops them again."
            },
            footer = {
                "  londiste conf.ini subscriber restore-triggers orders",
                "  londiste conf.ini subscriber restore-triggers orders audit"
            })
    void restoreTriggers(
            @Parameters(
                            arity = "1",
                            index = "0",
                            paramLabel = "TABLE",
                            description = "Name, with its schema unless that is public.")
                    String table,
            @Parameters(
                            arity = "0..*",
                            index = "1..*",
                            paramLabel = "TRIGGER",
                            description = "Only these triggers; all of the table if omitted.")
                    List<String> triggers) {
        with(subscriber -> subscriber.restoreTriggers(table, triggers == null ? List.of() : triggers));
    }

    @Command(
            name = "save-triggers",
            description =
                    "Save and drop the triggers of a subscribed table, as add does, so that changes that the replay applies do not fire them. restore-triggers restores them.",
            footer = "  londiste conf.ini subscriber save-triggers orders")
    void saveTriggers(
            @Parameters(arity = "1", paramLabel = "TABLE", description = "Name, with its schema unless that is public.")
                    String table) {
        with(subscriber -> subscriber.saveTriggers(table));
    }

    @Command(
            name = "add-seq",
            description = {
                "Register sequences; from then on the replay sets them to the provider's values. Needs SELECT and UPDATE on them.",
                "--all takes all sequences that are registered on the provider."
            },
            footer = {
                "  londiste conf.ini subscriber add-seq orders_id_seq",
                "  londiste conf.ini subscriber add-seq --all"
            })
    void addSeq(@Mixin SequenceNames sequences) {
        var selection = sequences.selection();
        with(subscriber -> subscriber.sequences().add(selection));
    }

    @Command(
            name = "remove-seq",
            description = "Unregister sequences. They keep their current values.",
            footer = "  londiste conf.ini subscriber remove-seq orders_id_seq")
    void removeSeq(@Mixin SequenceNames sequences) {
        var selection = sequences.selection();
        with(subscriber -> subscriber.sequences().remove(selection));
    }

    @Command(
            name = "seqs",
            description = {
                "Show the registered sequences with their values on both sides, and the reasons of stopped ones.",
                "A value in parentheses has not been used yet."
            },
            footer = "  londiste conf.ini subscriber seqs")
    void seqs(@Mixin JsonOption format) {
        list(format, subscriber -> subscriber.sequences().list(), sequences -> {
            out().println(SequenceLine.TITLE);
            sequences.forEach(sequence -> out().println(SequenceLine.of(sequence)));
        });
    }

    @Command(
            name = "scripts",
            description = {
                "Show what was done with the provider's scripts, and when.",
                "  executed    the replay has executed it",
                "  skipped     skip-script was given for it",
                "  not needed  the tables that it is for are not all subscribed"
            },
            footer = "  londiste conf.ini subscriber scripts")
    void scripts(@Mixin JsonOption format) {
        list(
                format,
                subscriber -> subscriber.scripts().list(),
                scripts -> scripts.forEach(script -> out().println(ScriptFiles.line(script))));
    }

    @Command(
            name = "skip-script",
            description =
                    "Have the replay skip a script that cannot be executed here. Do what it is to do by hand before.",
            footer = "  londiste conf.ini subscriber skip-script 2026-05-add-note.sql")
    void skipScript(
            @Parameters(arity = "1", paramLabel = "SCRIPT", description = "Name of the script's file.") String script) {
        with(subscriber -> subscriber.scripts().skip(script));
    }

    @Command(
            name = "register",
            description = "Register the replay's consumer on the queue. The replay does this itself when it starts.",
            footer = "  londiste conf.ini subscriber register")
    void register() {
        with(Subscriber::register);
    }

    @Command(
            name = "unregister",
            description =
                    "Unregister the replay's consumer from the queue, to end replication. Tables have to be copied again afterwards.",
            footer = "  londiste conf.ini subscriber unregister")
    void unregister() {
        with(Subscriber::unregister);
    }

    private PrintStream out() {
        return Root.of(spec).out;
    }

    /** Runs the query, prints its results as JSON or as text, and returns them. */
    private <T extends Record> List<T> list(
            JsonOption format, Function<Subscriber, List<T>> query, Consumer<List<T>> text) {
        var found = new ArrayList<T>();
        with(subscriber -> found.addAll(query.apply(subscriber)));
        if (format.json) {
            Listing.json(out(), found);
        } else {
            text.accept(found);
        }
        return found;
    }

    private void with(Consumer<Subscriber> action) {
        var root = Root.of(spec);
        root.requireNoDaemonOptions(spec);
        Subscriber.connected(root.settings(), action);
    }
}
