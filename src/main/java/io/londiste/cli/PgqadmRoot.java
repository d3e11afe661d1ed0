package io.londiste.cli;

import io.londiste.db.Pools;
import io.londiste.queue.Queues;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/** The program {@code pgqadm}, with all of its commands except the ticker. */
@Command(
        name = "pgqadm",
        description = "Administers the queues of a database: ticks, maintenance and consumers.",
        customSynopsis = {"pgqadm [options] config.ini command [arguments]", "       pgqadm (-r | -s | -k) config.ini"},
        subcommands = {TickerCommand.class, CheckCommand.class, RoutesCommand.class, UserCommand.class},
        footer = {"  pgqadm -d ticker.ini ticker", "  pgqadm ticker.ini status", "  pgqadm -s ticker.ini"})
final class PgqadmRoot extends Root {
    PgqadmRoot(PrintStream out, PrintStream err) {
        super(Program.PGQADM, out, err);
    }

    @Command(
            name = "status",
            description = {
                "Show the queues and their consumers.",
                "  Rotation  number of event tables / time after which the next one is used",
                "  Ticker    events / time after which a tick is due, and time between ticks of an idle queue",
                "  TLag      time since the last tick",
                "  Lag       age of the last tick that the consumer has processed",
                "  LastSeen  time since it last asked for a batch or finished one"
            },
            footer = "  pgqadm ticker.ini status")
    void status(@Mixin JsonOption format) {
        with(queues -> {
            if (format.json) {
                Listing.json(out, queues.status());
            } else {
                new QueueText(out).status(queues);
            }
        });
    }

    @Command(
            name = "install",
            description = "Install pgq unless it is installed. Safe to repeat.",
            footer = "  pgqadm ticker.ini install")
    void install() {
        with(Queues::install);
    }

    @Command(name = "create", description = "Create a queue.", footer = "  pgqadm ticker.ini create mails")
    void create(@Parameters(paramLabel = "QUEUE", description = "Name of the new queue.") String queue) {
        with(queues -> queues.create(queue));
    }

    @Command(
            name = "drop",
            description = "Drop a queue with all its events. Its consumers have to be unregistered first.",
            footer = "  pgqadm ticker.ini drop mails")
    void drop(@Parameters(paramLabel = "QUEUE", description = "Name of the queue.") String queue) {
        with(queues -> queues.drop(queue));
    }

    @Command(
            name = "register",
            description = "Register a consumer on a queue. It receives the events written from now on.",
            footer = "  pgqadm ticker.ini register mails sender")
    void register(
            @Parameters(paramLabel = "QUEUE", description = "Name of the queue.") String queue,
            @Parameters(paramLabel = "CONSUMER", description = "Name of the consumer.") String consumer) {
        with(queues -> queues.register(queue, consumer));
    }

    @Command(
            name = "unregister",
            description = "Unregister a consumer from a queue. Events that it has not read are no longer kept for it.",
            footer = "  pgqadm ticker.ini unregister mails sender")
    void unregister(
            @Parameters(paramLabel = "QUEUE", description = "Name of the queue.") String queue,
            @Parameters(paramLabel = "CONSUMER", description = "Name of the consumer.") String consumer) {
        with(queues -> queues.unregister(queue, consumer));
    }

    @Command(
            name = "failed",
            description = {
                "Show the events of a queue that consumers could not process.",
                "Each is retried at the given time, or is parked: it waits until it is retried or discarded by a command."
                        + " The error is in the log of the route's process."
            },
            footer = {"  pgqadm ticker.ini failed mails", "  pgqadm ticker.ini failed mails sender --json"})
    void failed(
            @Mixin JsonOption format,
            @Parameters(paramLabel = "QUEUE", description = "Name of the queue.") String queue,
            @Parameters(
                            arity = "0..1",
                            paramLabel = "CONSUMER",
                            description = "Name of the consumer; all consumers if omitted.")
                    String consumer) {
        with(queues -> {
            var events = queues.failed(queue, consumer);
            if (format.json) {
                Listing.json(out, events);
            } else {
                new QueueText(out).failed(events);
            }
        });
    }

    @Command(
            name = "retry",
            description = {
                "Have failed events delivered to their consumer again, with the next tick.",
                "A parked event that fails again is parked again at once."
            },
            footer = {"  pgqadm ticker.ini retry mails sender 1042", "  pgqadm ticker.ini retry mails sender --all"})
    void retry(@Mixin EventNumbers events) {
        var selection = events.selection();
        with(queues -> queues.retry(events.queue, events.consumer, selection));
    }

    @Command(
            name = "discard",
            description = "Delete failed events. Their consumer will not get them again.",
            footer = "  pgqadm ticker.ini discard mails sender 1042")
    void discard(@Mixin EventNumbers events) {
        var selection = events.selection();
        with(queues -> queues.discard(events.queue, events.consumer, selection));
    }

    @Command(
            name = "config",
            description = {
                "Show the settings of all queues or of one, or change them.",
                "  ticker_max_count    events after which a tick is due",
                "  ticker_max_lag      time after which a tick is due if there are new events",
                "  ticker_idle_period  time between ticks if there are none",
                "  ticker_paused       true stops the ticks",
                "  rotation_period     time after which the next event table is used",
                "  external_ticker     true if the ticks are made by another program"
            },
            footer = {
                "  pgqadm ticker.ini config",
                "  pgqadm ticker.ini config mails ticker_max_lag=100ms rotation_period=1h"
            })
    void config(
            @Mixin JsonOption format,
            @Parameters(
                            arity = "0..1",
                            index = "0",
                            paramLabel = "QUEUE",
                            description = "Name of the queue; all queues if omitted.")
                    String queue,
            @Parameters(
                            arity = "0..*",
                            index = "1..*",
                            paramLabel = "VAR=VALUE",
                            description = "Setting and its new value; times in PostgreSQL's interval syntax.")
                    List<String> assignments) {
        var values = assignments(spec.subcommands().get("config").getCommandSpec(), assignments);
        with(queues -> {
            if (!values.isEmpty()) {
                queues.configure(queue, values);
                return;
            }
            var shown = queue == null ? queues.all() : List.of(queues.one(queue));
            if (format.json) {
                Listing.json(out, shown);
            } else {
                new QueueText(out).config(shown);
            }
        });
    }

    /** Names and values of the {@code VAR=VALUE} arguments, in their order; empty for null. */
    private static Map<String, String> assignments(CommandSpec command, List<String> written) {
        var values = new LinkedHashMap<String, String>();
        for (var one : written == null ? List.<String>of() : written) {
            int equals = one.indexOf('=');
            if (equals < 1) {
                throw usageError(command, "not VAR=VALUE: " + one);
            }
            values.put(one.substring(0, equals), one.substring(equals + 1));
        }
        return values;
    }

    private void with(Consumer<Queues> action) {
        requireNoDaemonOptions(spec);
        var settings = settings();
        try (var source = Pools.open(settings.db(), settings.jobName(), settings.connectionLifetime())) {
            action.accept(new Queues(settings, source));
        } catch (SQLException e) {
            throw new IllegalStateException("cannot close connections", e);
        }
    }
}
