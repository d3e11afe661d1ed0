package io.londiste.subscriber;

import io.londiste.db.Jdbc;
import io.londiste.error.LondisteException;
import io.londiste.table.Selection;
import io.londiste.table.TableLife;
import io.londiste.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command {@code subscriber add}. */
final class TableAddition {
    private static final Logger LOG = LoggerFactory.getLogger(TableAddition.class);

    private final DatabasePair sides;
    private final AddOptions options;

    TableAddition(DatabasePair sides, AddOptions options) {
        this.sides = sides;
        this.options = options;
    }

    /** Returns the tables of the selection that are subscribed now. */
    List<TableName> add(Selection selection) {
        sides.requireInstalled();
        var registered = sides.registered();
        if (selection.all() && registered.isEmpty()) {
            LOG.warn(
                    "The provider has no table registered in queue {}",
                    sides.settings().queueName());
        }
        var selected = selection.resolve(() -> registered);
        var subscribed = new HashSet<>(sides.known());
        var fresh = selected.stream().filter(table -> isNew(table, subscribed)).toList();
        requireAnyRegistered(fresh, registered);
        var tables =
                fresh.stream().filter(table -> isRegistered(table, registered)).toList();
        compare(tables);
        if (options.expectSync() && !tables.isEmpty()) {
            // so that the queue keeps all changes from now on, even if the replay starts later
            new Registration(sides).registerIfNew();
        }
        for (var table : tables) {
            sides.subscriber().transaction(sides.settings().lockTimeout(), connection -> add(connection, table));
            LOG.info(options.expectSync() ? "Added {}, expected to be in sync" : "Added {}", table);
        }
        subscribed.addAll(tables);
        return selected.stream().filter(subscribed::contains).toList();
    }

    private static boolean isNew(TableName table, Set<TableName> known) {
        if (known.contains(table)) {
            LOG.info("{} is subscribed already", table);
        }
        return !known.contains(table);
    }

    /** To skip all that is wanted would be no success. */
    private void requireAnyRegistered(List<TableName> fresh, List<TableName> registered) {
        if (!options.force() && !fresh.isEmpty() && fresh.stream().noneMatch(registered::contains)) {
            throw new LondisteException(sides.provider() + ": not registered in queue "
                    + sides.settings().queueName() + ": " + DatabasePair.joined(fresh)
                    + "; nothing was changed (londiste " + sides.settings().file() + " provider add registers tables)");
        }
    }

    private boolean isRegistered(TableName table, List<TableName> registered) {
        if (registered.contains(table)) {
            return true;
        }
        LOG.warn(
                options.force()
                        ? "{} is not registered on the provider; added anyway"
                        : "Skipping {}: not registered on the provider",
                table);
        return options.force();
    }

    private void compare(List<TableName> tables) {
        var structure = new Structure(sides, tables);
        var missing = structure.missing();
        if (!missing.isEmpty()) {
            var other = structure.otherRelations();
            throw new LondisteException(sides.subscriber() + ": no such table: " + DatabasePair.joined(missing)
                    + (other.isEmpty() ? "" : " (" + String.join(", ", other) + ")")
                    + "; nothing was changed");
        }
        var differences = new ArrayList<>(structure.differences());
        differences.addAll(structure.unlogged());
        differences.addAll(MissingPrivileges.of(sides, tables));
        differences.addAll(WriteEffects.of(sides, tables, options.expectSync()));
        differences.addAll(structure.foreignKeyActions());
        var errors = differences.stream()
                .filter(difference -> difference.severity() == Difference.Severity.ERROR)
                .map(Difference::text)
                .toList();
        if (!options.force() && !errors.isEmpty()) {
            throw new LondisteException(
                    String.join("; ", errors) + "; nothing was changed (--force adds tables that differ)");
        }
        differences.forEach(difference -> LOG.warn(difference.text()));
    }

    private Void add(Connection connection, TableName table) throws SQLException {
        var queue = sides.settings().queueName();
        Jdbc.execute(connection, "select londiste.subscriber_add_table(?, ?)", queue, table.toString());
        if (options.expectSync()) {
            sides.subscribed().lock(connection);
            new TableLife(queue).assumeInSync(connection, table);
        } else {
            Jdbc.execute(connection, "select londiste.subscriber_drop_triggers(?)", table.toString());
        }
        if (options.skipTruncate()) {
            Jdbc.execute(
                    connection,
                    "update londiste.subscriber_table set skip_truncate = true where queue_name = ? and table_name = ?",
                    queue,
                    table.toString());
        }
        if (options.denyWrites()) {
            Jdbc.execute(connection, "select londiste.subscriber_guard(?, ?)", queue, table.toString());
        }
        return null;
    }
}
