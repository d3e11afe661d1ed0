package io.londiste.subscriber;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.error.LondisteException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands {@code subscriber restore-triggers} and {@code subscriber save-triggers}. */
final class PendingTriggers {
    private static final Logger LOG = LoggerFactory.getLogger(PendingTriggers.class);

    private final DatabasePair sides;
    private final TableName table;

    PendingTriggers(DatabasePair sides, TableName table) {
        this.sides = sides;
        this.table = table;
    }

    /** @param names the triggers to restore; empty: all of the table */
    void restore(List<String> names) {
        var failures = new ArrayList<String>();
        sides.subscriber().transaction(sides.settings().lockTimeout(), connection -> {
            var pending = texts(
                    connection,
                    "select distinct p.trigger_name from londiste.tree(londiste.find_table(?)) as part"
                            + " join londiste.subscriber_pending_triggers p on p.table_name = londiste.fqname(part.member)"
                            + " order by 1");
            requirePending(names, pending);
            requireInSync(connection);
            for (var name : names.isEmpty() ? pending : names) {
                var failure = restore(connection, name);
                if (failure == null) {
                    LOG.info("Restored trigger {} of {}", name, table);
                } else {
                    failures.add(failure);
                }
            }
            return null;
        });
        if (!failures.isEmpty()) {
            throw new LondisteException(sides.subscriber() + ": " + String.join("; ", failures));
        }
    }

    /** Saves and drops all triggers of the table and of its partitions. */
    void save() {
        int saved = sides.subscriber()
                .transaction(
                        sides.settings().lockTimeout(),
                        connection -> Jdbc.only(
                                connection,
                                "select londiste.subscriber_drop_triggers(?)",
                                row -> row.getInt(1),
                                table.toString()));
        if (saved == 0) {
            LOG.info("{} has no triggers to save", table);
        } else {
            LOG.info("Saved and dropped {} of {}", saved == 1 ? "1 trigger" : saved + " triggers", table);
        }
    }

    private void requirePending(List<String> names, List<String> pending) {
        if (pending.isEmpty()) {
            throw new LondisteException(sides.subscriber() + ": table " + table + " has no pending triggers");
        }
        var unknown = names.stream().filter(name -> !pending.contains(name)).toList();
        if (!unknown.isEmpty()) {
            throw new LondisteException(
                    sides.subscriber() + ": table " + table + " has no pending trigger " + DatabasePair.joined(unknown)
                            + ", only " + DatabasePair.joined(pending) + "; nothing was changed");
        }
    }

    /** Triggers must not fire for copied rows, which are not new changes: a counter would count them again. */
    private void requireInSync(Connection connection) throws SQLException {
        var states = texts(
                connection,
                "select coalesce(merge_state, 'NEW') from londiste.subscriber_table"
                        + " where table_name = ? and merge_state is distinct from 'ok'");
        if (!states.isEmpty()) {
            throw new LondisteException(sides.subscriber() + ": table " + table + " is " + states.get(0)
                    + "; its triggers can be restored when it is ok; nothing was changed");
        }
    }

    /** Returns why the trigger could not be created; null if it was. */
    private String restore(Connection connection, String name) throws SQLException {
        try (var statement = connection.prepareStatement("select londiste.subscriber_restore_triggers(?, ?)")) {
            statement.setString(1, table.toString());
            statement.setString(2, name);
            statement.execute();
            SQLWarning warning = statement.getWarnings();
            return warning == null ? null : warning.getMessage();
        }
    }

    private List<String> texts(Connection connection, String query) throws SQLException {
        return Jdbc.list(connection, query, row -> row.getString(1), table.toString());
    }
}
