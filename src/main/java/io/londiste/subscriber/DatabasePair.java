package io.londiste.subscriber;

import io.londiste.change.TableName;
import io.londiste.config.Databases;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.error.LondisteException;
import io.londiste.schema.Installed;
import io.londiste.table.Mapping;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Both databases of a job, with the queries and checks that several commands use. */
record DatabasePair(Settings settings, Database provider, Database subscriber, SubscribedTables subscribed) {
    /** @param provider opens connections to the provider; likewise for the subscriber */
    static DatabasePair of(Settings settings, DataSource provider, DataSource subscriber) {
        return new DatabasePair(
                settings,
                Databases.provider(settings, provider),
                Databases.subscriber(settings, subscriber),
                new SubscribedTables(settings.queueName()));
    }

    void requireInstalled() {
        Installed.requireProvider(provider, settings.queueName());
        Installed.requireLondiste(subscriber);
    }

    /** The tables that are registered on the provider, in the order in which they were added. */
    List<TableName> registered() {
        return provider
                .texts("select table_name from londiste.provider_get_table_list(?) as table_name", settings.queueName())
                .stream()
                .map(TableName::parse)
                .toList();
    }

    /** The subscribed tables, in the order in which they were added. */
    List<TableName> known() {
        return subscriber.read(subscribed::list).stream()
                .map(SubscribedTable::name)
                .toList();
    }

    /** The provider's tables that are subscribed. */
    Set<TableName> sources() {
        return mappings().entrySet().stream()
                .map(entry -> entry.getValue().source(entry.getKey()))
                .collect(Collectors.toSet());
    }

    /** What the subscribed tables are replicated as, in the order in which they were added. */
    Map<TableName, Mapping> mappings() {
        var mappings = new LinkedHashMap<TableName, Mapping>();
        subscriber.read(subscribed::list).forEach(table -> mappings.put(table.name(), table.mapping()));
        return mappings;
    }

    /** Runs the work on the subscriber as one transaction, during which no batch is applied. */
    void locked(Database.Work<Void> work) {
        subscriber.transaction(settings.lockTimeout(), connection -> {
            subscribed.lock(connection);
            return work.run(connection);
        });
    }

    /** Fails if one of the tables is not subscribed. */
    void requireKnown(Collection<TableName> tables, Collection<TableName> known) {
        var unknown = tables.stream().filter(table -> !known.contains(table)).toList();
        if (!unknown.isEmpty()) {
            throw new LondisteException(subscriber + ": not subscribed in queue " + settings.queueName() + ": "
                    + joined(unknown) + "; nothing was changed");
        }
    }

    static String joined(Collection<?> names) {
        return names.stream().map(Object::toString).collect(Collectors.joining(", "));
    }
}
