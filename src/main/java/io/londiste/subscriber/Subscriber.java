package io.londiste.subscriber;

import io.londiste.LondisteException;
import io.londiste.config.Database;
import io.londiste.config.Settings;
import io.londiste.pgq.PgqClient;
import io.londiste.provider.TableArguments;
import io.londiste.schema.Installer;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableName;
import io.londiste.table.TableState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands on the subscriber. Each either does what it says or throws a {@link LondisteException}; what it does, it
 * logs.
 */
public final class Subscriber {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriber.class);

    private final Settings settings;
    private final Database provider;
    private final Database subscriber;
    private final SubscribedTables subscribed;

    public Subscriber(Settings settings, DataSource provider, DataSource subscriber) {
        this.settings = settings;
        this.provider = Database.provider(settings, provider);
        this.subscriber = Database.subscriber(settings, subscriber);
        this.subscribed = new SubscribedTables(settings.queueName());
    }

    /** Installs our schema. Does nothing the second time. */
    public void install() {
        subscriber.connect();
        subscriber.call(source -> {
            new Installer(source).installLondisteSubscriber();
            return null;
        });
        LOG.info("Installed londiste in {}", subscriber);
    }

    /**
     * Registers tables for the replay to copy and to keep in sync. Tables that the provider does not have registered are
     * logged and skipped. The others are compared with the provider's first: if one is missing or differs in a way that
     * would stop it, nothing is changed unless that is forced.
     */
    public void add(List<String> names, AddOptions options) {
        requireInstalled();
        var registered = registered();
        add(TableArguments.resolve(names, () -> registered), registered, options);
    }

    /** Registers all tables that the provider has registered. */
    public void addAll(AddOptions options) {
        requireInstalled();
        var registered = registered();
        add(registered, registered, options);
        if (registered.isEmpty()) {
            LOG.warn("The provider has no table registered in queue {}", settings.queueName());
        }
    }

    private void add(List<TableName> wanted, List<TableName> registered, AddOptions options) {
        var known = tables().stream().map(SubscribedTable::name).collect(Collectors.toSet());
        var tables = wanted.stream()
                .filter(table -> isNew(table, known) && isRegistered(table, registered, options))
                .toList();
        compare(tables, options);
        for (var table : tables) {
            subscriber.transaction(settings.lockTimeout(), connection -> add(connection, table, options));
            LOG.info(options.expectSync() ? "Added {}, taken to be in sync" : "Added {}", table);
        }
    }

    private static boolean isNew(TableName table, Set<TableName> known) {
        if (known.contains(table)) {
            LOG.info("{} is subscribed already", table);
        }
        return !known.contains(table);
    }

    private boolean isRegistered(TableName table, List<TableName> registered, AddOptions options) {
        if (registered.contains(table)) {
            return true;
        }
        LOG.warn(
                options.force()
                        ? "{} is not registered on the provider; added all the same"
                        : "Skipping {}: not registered on the provider",
                table);
        return options.force();
    }

    private void compare(List<TableName> tables, AddOptions options) {
        var structure = new Structure(provider, subscriber, tables);
        var missing = structure.missing(tables);
        if (!missing.isEmpty()) {
            throw new LondisteException(subscriber + ": no such table: " + joined(missing) + "; nothing was changed");
        }
        var problems = tables.stream()
                .flatMap(table -> structure.problems(table).stream())
                .toList();
        if (!options.force() && !problems.isEmpty()) {
            throw new LondisteException(
                    String.join("; ", problems) + "; nothing was changed (--force adds tables that differ)");
        }
        problems.forEach(LOG::warn);
        tables.forEach(table -> structure.remarks(table).forEach(LOG::warn));
    }

    private Void add(Connection connection, TableName table, AddOptions options) throws SQLException {
        call(connection, "select londiste.subscriber_add_table(?, ?)", settings.queueName(), table.toString());
        if (options.expectSync()) {
            subscribed.lock(connection);
            subscribed.setState(connection, table, TableState.OK);
        } else {
            call(connection, "select londiste.subscriber_drop_triggers(?)", table.toString());
        }
        if (options.skipTruncate()) {
            call(
                    connection,
                    "update londiste.subscriber_table set skip_truncate = true where queue_name = ? and table_name = ?",
                    settings.queueName(),
                    table.toString());
        }
        return null;
    }

    /** Unregisters tables. Their rows stay; what was put aside for the copy comes back. */
    public void remove(List<String> names) {
        requireInstalled();
        var known = tables().stream().map(SubscribedTable::name).toList();
        var tables = TableArguments.resolve(names, () -> known);
        var unknown = tables.stream().filter(table -> !known.contains(table)).toList();
        if (!unknown.isEmpty()) {
            throw new LondisteException(subscriber + ": not subscribed in queue " + settings.queueName() + ": "
                    + joined(unknown) + "; nothing was changed");
        }
        for (var table : tables) {
            subscriber.transaction(settings.lockTimeout(), connection -> {
                subscribed.lock(connection);
                subscribed.remove(connection, table);
                return null;
            });
            LOG.info("Removed {}", table);
        }
    }

    /** The subscribed tables with their states, in the order in which they were added. */
    public List<SubscribedTable> tables() {
        subscriber.requireLondiste();
        return subscriber.read(subscribed::list);
    }

    /** Registers the replay's consumer on the queue; a known one keeps its place. */
    public void register() {
        requireInstalled();
        var queue = settings.queueName();
        var consumer = settings.consumerId();
        if (provider.call(source -> new PgqClient(source).position(queue, consumer))
                .isPresent()) {
            LOG.info("Consumer {} is registered already", consumer);
            return;
        }
        // The old position goes first: after a kill between the two, registering again still finds none.
        subscriber.transaction(settings.lockTimeout(), connection -> {
            subscribed.clearPosition(connection, consumer);
            return null;
        });
        provider.call(source -> new PgqClient(source).registerConsumer(queue, consumer));
        LOG.info("Registered consumer {} on queue {}", consumer, queue);
    }

    /** Takes the replay's consumer and those of its copies off the queue; all tables are to be copied anew afterwards. */
    public void unregister() {
        requireInstalled();
        var queue = settings.queueName();
        var consumer = settings.consumerId();
        // The states go first: a table in sync whose consumer is gone would miss changes.
        subscriber.transaction(settings.lockTimeout(), connection -> {
            requireNoReplay(connection);
            subscribed.lock(connection);
            for (var table : subscribed.list(connection)) {
                subscribed.setState(connection, table.name(), TableState.NEW);
            }
            subscribed.clearPosition(connection, consumer);
            return null;
        });
        boolean known = provider.call(source -> {
            var pgq = new PgqClient(source);
            for (var other : pgq.consumers(queue)) {
                if (other.equals(consumer + "_copy") || other.startsWith(consumer + "_copy_")) {
                    pgq.unregisterConsumer(queue, other);
                }
            }
            return pgq.unregisterConsumer(queue, consumer);
        });
        LOG.info(
                known ? "Unregistered consumer {} from queue {}" : "Consumer {} was not registered on queue {}",
                consumer,
                queue);
    }

    /** A replay that runs would register its consumer again at once, and copy all tables anew. */
    private void requireNoReplay(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(
                "select pg_try_advisory_xact_lock(hashtext('londiste.replay'), hashtext(?))")) {
            statement.setString(1, settings.consumerId());
            try (var row = statement.executeQuery()) {
                row.next();
                if (!row.getBoolean(1)) {
                    throw new LondisteException("the replay of " + settings.jobName()
                            + " runs; stop it first (londiste -s " + settings.file() + "); nothing was changed");
                }
            }
        }
    }

    private void requireInstalled() {
        provider.requireLondiste();
        provider.requireQueue();
        subscriber.requireLondiste();
    }

    private List<TableName> registered() {
        return provider
                .texts("select table_name from londiste.provider_get_table_list(?) as table_name", settings.queueName())
                .stream()
                .map(TableName::parse)
                .toList();
    }

    private static String joined(List<TableName> tables) {
        return tables.stream().map(TableName::toString).collect(Collectors.joining(", "));
    }

    private static void call(Connection connection, String sql, Object... parameters) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            Database.bind(connection, statement, parameters);
            statement.execute();
        }
    }
}
