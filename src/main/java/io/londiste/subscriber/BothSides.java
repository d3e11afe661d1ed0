package io.londiste.subscriber;

import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.error.LondisteException;
import io.londiste.schema.Installed;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Both databases of a job, and what several commands ask of them. */
record BothSides(Settings settings, Database provider, Database subscriber, SubscribedTables subscribed) {
    void requireInstalled() {
        Installed.requireLondiste(provider);
        Installed.requireQueue(provider, settings.queueName());
        Installed.requireLondiste(subscriber);
    }

    /** The tables that the provider has registered, in the order in which they were added. */
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

    /** Runs the work on the subscriber as one transaction, while no batch is applied. */
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

    static String joined(Collection<?> things) {
        return things.stream().map(Object::toString).collect(Collectors.joining(", "));
    }

    static void call(Connection connection, String sql, Object... parameters) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            Jdbc.bind(connection, statement, parameters);
            statement.execute();
        }
    }
}
