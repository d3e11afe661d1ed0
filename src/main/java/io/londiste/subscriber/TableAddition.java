package io.londiste.subscriber;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.definition.Creation;
import io.londiste.definition.MissingTables;
import io.londiste.error.LondisteException;
import io.londiste.table.Mapping;
import io.londiste.table.Selection;
import io.londiste.table.TableLife;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /**
     * Returns the subscriber's tables of the selection that are subscribed now.
     *
     * @param selection tables of the provider
     */
    List<TableName> add(Selection selection) {
        sides.requireInstalled();
        var registered = sides.registered();
        if (selection.all() && registered.isEmpty()) {
            LOG.warn(
                    "The provider has no table registered in queue {}",
                    sides.settings().queueName());
        }
        var selected = selection.resolve(() -> registered);
        var subscribed = new HashMap<TableName, TableName>();
        sides.mappings().forEach((table, mapping) -> subscribed.put(mapping.source(table), table));
        if (selection.all()) {
            selected = selected.stream()
                    .filter(table -> !isTaken(table, subscribed))
                    .toList();
        }
        requirePossible(selected, subscribed);
        var fresh = selected.stream()
                .filter(table -> isNew(table, subscribed.keySet()))
                .toList();
        requireAnyRegistered(fresh, registered);
        var function =
                ApplyFunction.named(sides.subscriber(), options.declaration().function());
        var mappings = new LinkedHashMap<TableName, Mapping>();
        fresh.stream()
                .filter(table -> isRegistered(table, registered))
                .forEach(table -> mappings.put(
                        local(table), DeclaredMapping.of(sides.provider(), table, options.declaration(), function)));
        var missing = missing(mappings);
        var present = new LinkedHashMap<>(mappings);
        present.keySet().removeAll(missing.keySet());
        compare(present);
        if (options.expectSync() && !mappings.isEmpty()) {
            // so that the queue keeps all changes from now on, even if the replay starts later
            new Registration(sides).registerIfNew();
        }
        create(missing);
        mappings.forEach((table, mapping) -> {
            if (!missing.containsKey(table)) {
                sides.subscriber()
                        .transaction(sides.settings().lockTimeout(), connection -> add(connection, table, mapping));
            }
            LOG.info(
                    "Added {}{}{}",
                    table,
                    options.expectSync() ? ", expected to be in sync" : "",
                    mapping.isNone() ? "" : ": " + mapping.text());
            subscribed.put(mapping.source(table), table);
        });
        return selected.stream()
                .filter(subscribed::containsKey)
                .map(subscribed::get)
                .toList();
    }

    /** The subscriber's table for a table of the provider that is added. */
    private TableName local(TableName table) {
        var destination = options.declaration().destination();
        return destination == null ? table : destination;
    }

    /** @param subscribed the subscriber's tables by those of the provider */
    private void requirePossible(List<TableName> selected, Map<TableName, TableName> subscribed) {
        if (options.declaration().destination() != null && selected.size() != 1) {
            throw new LondisteException(
                    "--dest-table is for one table, not for " + selected.size() + "; nothing was changed");
        }
        // rows that are there would not fit what is declared now
        var old = selected.stream().filter(subscribed::containsKey).toList();
        if (!options.declaration().isNone() && !old.isEmpty()) {
            throw new LondisteException(
                    sides.subscriber() + ": subscribed already: " + DatabasePair.joined(old)
                            + "; what a table is replicated as cannot be changed: remove it, and add it again; nothing was changed");
        }
        subscribed.forEach((source, table) -> selected.stream()
                .filter(each -> !each.equals(source) && local(each).equals(table))
                .forEach(each -> {
                    throw new LondisteException(sides.subscriber() + ": table " + table
                            + " is subscribed already, from table " + source + " of the provider; nothing was changed");
                }));
    }

    /** Whether the subscriber's table of this name is that of another table of the provider. */
    private static boolean isTaken(TableName table, Map<TableName, TableName> subscribed) {
        for (var entry : subscribed.entrySet()) {
            if (entry.getValue().equals(table) && !entry.getKey().equals(table)) {
                LOG.warn(
                        "{} is left out: the subscriber's table of this name is subscribed already, from table {} of the"
                                + " provider; add it by its name with --dest-table",
                        table,
                        entry.getKey());
                return true;
            }
        }
        return false;
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

    /** The tables that are missing on the subscriber and are to be created there. */
    private Map<TableName, Mapping> missing(Map<TableName, Mapping> mappings) {
        var structure = new Structure(sides, mappings);
        var missing = structure.missing();
        var other = structure.otherRelations();
        boolean creates = options.creation() != Creation.NONE;
        if (!missing.isEmpty() && (!creates || !other.isEmpty())) {
            throw new LondisteException(sides.subscriber() + ": no such table: " + DatabasePair.joined(missing)
                    + (other.isEmpty() ? "" : " (" + String.join(", ", other) + ")")
                    + "; nothing was changed"
                    + (creates ? "" : " (--create creates tables that are missing)"));
        }
        var created = new LinkedHashMap<TableName, Mapping>();
        mappings.forEach((table, mapping) -> {
            if (missing.contains(table)) {
                created.put(table, mapping);
            } else if (creates) {
                LOG.info("{} exists already, and stays as it is", table);
            }
        });
        return created;
    }

    /** Creates tables and registers them, all in one transaction. */
    private void create(Map<TableName, Mapping> missing) {
        if (missing.isEmpty()) {
            return;
        }
        var lockTimeout = sides.settings().lockTimeout();
        var tables = MissingTables.read(sides.provider(), lockTimeout, options.creation(), missing);
        var all = new HashMap<>(sides.mappings());
        all.putAll(missing);
        sides.subscriber().transaction(lockTimeout, connection -> {
            tables.create(connection, sides.subscriber(), all);
            for (var table : missing.entrySet()) {
                add(connection, table.getKey(), table.getValue());
            }
            return null;
        });
        missing.keySet().forEach(table -> LOG.info("Created {}", table));
        warn(differences(missing));
    }

    private void compare(Map<TableName, Mapping> mappings) {
        var differences = differences(mappings);
        var errors = differences.stream()
                .filter(difference -> difference.severity() == Difference.Severity.ERROR)
                .map(Difference::text)
                .toList();
        if (!options.force() && !errors.isEmpty()) {
            throw new LondisteException(
                    String.join("; ", errors) + "; nothing was changed (--force adds tables that differ)");
        }
        warn(differences);
    }

    private static void warn(List<Difference> differences) {
        differences.forEach(difference -> LOG.warn(difference.text()));
    }

    private List<Difference> differences(Map<TableName, Mapping> mappings) {
        var structure = new Structure(sides, mappings);
        var differences = ofTables(structure, mappings);
        differences.addAll(structure.foreignKeyActions());
        differences.addAll(structure.foreignKeysToFiltered());
        var all = new HashMap<>(sides.mappings());
        all.putAll(mappings);
        new OperationEffects(sides, all)
                .differences().stream()
                        .filter(difference -> mappings.containsKey(difference.name()))
                        .forEach(differences::add);
        return differences;
    }

    private List<Difference> ofTables(Structure structure, Map<TableName, Mapping> mappings) {
        var differences = new ArrayList<>(structure.differences());
        differences.addAll(structure.unlogged());
        differences.addAll(structure.partitions());
        differences.addAll(MissingPrivileges.of(sides, List.copyOf(mappings.keySet())));
        differences.addAll(WriteEffects.of(sides, mappings, options.expectSync()));
        return differences;
    }

    /**
     * Why {@link #add} would refuse some of these tables of the provider, whether they are registered there or not.
     *
     * @return the reasons, by table, without the tables that it would add
     */
    Map<TableName, String> obstacles(List<TableName> tables) {
        var subscribed = sides.mappings();
        var obstacles = new HashMap<TableName, String>();
        var mappings = new LinkedHashMap<TableName, Mapping>();
        for (var table : tables) {
            if (subscribed.containsKey(table)) {
                obstacles.put(
                        table,
                        "table " + table + " is subscribed already, from table "
                                + subscribed.get(table).source(table) + " of the provider");
            } else {
                mappings.put(table, Mapping.NONE);
            }
        }
        ofTables(new Structure(sides, mappings), mappings).stream()
                .filter(difference -> difference.severity() == Difference.Severity.ERROR)
                .forEach(difference ->
                        obstacles.merge(difference.name(), difference.problem(), (one, other) -> one + "; " + other));
        return obstacles;
    }

    private Void add(Connection connection, TableName table, Mapping mapping) throws SQLException {
        var queue = sides.settings().queueName();
        mapping.register(connection, queue, table);
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
