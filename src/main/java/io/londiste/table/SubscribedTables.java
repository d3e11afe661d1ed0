package io.londiste.table;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The tables of one queue on the subscriber and the positions of its consumers, in the caller's transaction.
 *
 * <p>Which tables the replay owns may only be changed under {@link #lock}; the replay holds {@link #share} from the
 * moment it looks until its commit. So a table never changes hands under a running batch.
 */
public final class SubscribedTables {
    /** The error of a consumer whose replay stands still because its operator wants so. */
    public static final String PAUSED = "paused by its operator";

    private static final String COLUMNS = "select nr, table_name, merge_state, skip_truncate, reason"
            + " from londiste.subscriber_table where queue_name = ?";

    private final String queue;

    public SubscribedTables(String queue) {
        this.queue = queue;
    }

    /** Keeps others from taking tables to or from the replay until the transaction ends. */
    public void share(Connection transaction) throws SQLException {
        execute(transaction, "select londiste.lock_tables(?, false)", queue);
    }

    /** Waits for running batches and keeps new ones from starting until the transaction ends. */
    public void lock(Connection transaction) throws SQLException {
        execute(transaction, "select londiste.lock_tables(?, true)", queue);
    }

    /** Puts aside the foreign keys from and to the table. */
    public void dropForeignKeys(Connection transaction, TableName table) throws SQLException {
        execute(transaction, "select londiste.subscriber_drop_all_fkeys(?)", table.toString());
    }

    /** Puts aside the foreign keys that bind tables in sync to tables that are not, or these to each other. */
    public void dropLooseForeignKeys(Connection transaction) throws SQLException {
        execute(transaction, "select londiste.subscriber_drop_loose_fkeys(?)", queue);
    }

    /** All tables in the order in which they were added. */
    public List<SubscribedTable> list(Connection transaction) throws SQLException {
        return query(transaction, COLUMNS + " order by nr", queue);
    }

    /** The tables that are not in sync, in the order in which they were added. */
    public List<SubscribedTable> unsettled(Connection transaction) throws SQLException {
        return query(transaction, COLUMNS + " and merge_state is distinct from 'ok' order by nr", queue);
    }

    /** Whether the table is subscribed and in sync. */
    public boolean isOk(Connection transaction, TableName table) throws SQLException {
        return query(transaction, COLUMNS + " and merge_state = 'ok' and table_name = ?", queue, table.toString())
                        .size()
                > 0;
    }

    /** The tables that wait for the replay, or that the replay waits for, in the order in which they were added. */
    public List<SubscribedTable> meeting(Connection connection) throws SQLException {
        return query(connection, COLUMNS + " and merge_state like '%sync:%' order by nr", queue);
    }

    /** The table, its row locked until the transaction ends; empty if it is not subscribed. */
    public Optional<SubscribedTable> find(Connection transaction, TableName table) throws SQLException {
        return query(transaction, COLUMNS + " and table_name = ? for update", queue, table.toString()).stream()
                .findFirst();
    }

    /** Sets the state and clears the reason. */
    public void setState(Connection transaction, TableName table, TableState state) throws SQLException {
        setState(transaction, table, state, null);
    }

    /** Sets the state, keeping the reason, unless somebody has changed it since it was read. Returns whether it was set. */
    public boolean advance(Connection transaction, SubscribedTable table, TableState state) throws SQLException {
        boolean same = find(transaction, table.name())
                .filter(now -> now.state().equals(table.state()))
                .isPresent();
        if (same) {
            setState(transaction, table.name(), state, table.reason());
        }
        return same;
    }

    /** @param reason why the table does not go on; null if it does */
    public void setState(Connection transaction, TableName table, TableState state, String reason) throws SQLException {
        execute(
                transaction,
                "update londiste.subscriber_table set merge_state = ?, reason = ? where queue_name = ? and table_name = ?",
                state.mergeState(),
                reason,
                queue,
                table.toString());
    }

    /** Takes the table out, restoring what was put aside for it. */
    public void remove(Connection transaction, TableName table) throws SQLException {
        execute(transaction, "select londiste.subscriber_remove_table(?, ?)", queue, table.toString());
    }

    /** The tick up to which the consumer's batches are applied; locked until the transaction ends. */
    public Optional<Long> position(Connection transaction, String consumer) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement(
                "select last_tick_id from londiste.completed where consumer_id = ? for update")) {
            statement.setString(1, consumer);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.ofNullable(row.getObject(1, Long.class)) : Optional.empty();
            }
        }
    }

    public void setPosition(Connection transaction, String consumer, long tick) throws SQLException {
        execute(
                transaction,
                "insert into londiste.completed (consumer_id, last_tick_id) values (?, ?)"
                        + " on conflict (consumer_id) do update set last_tick_id = excluded.last_tick_id, error = null",
                consumer,
                tick);
    }

    /** Says why the batch after the consumer's position could not be applied; the next position takes that back. */
    public void setError(Connection transaction, String consumer, String error) throws SQLException {
        execute(transaction, "update londiste.completed set error = ? where consumer_id = ?", error, consumer);
    }

    /** Takes back that the consumer's replay is paused. */
    public void clearPaused(Connection transaction, String consumer) throws SQLException {
        execute(
                transaction,
                "update londiste.completed set error = null where consumer_id = ? and error = ?",
                consumer,
                PAUSED);
    }

    public void clearPosition(Connection transaction, String consumer) throws SQLException {
        execute(transaction, "delete from londiste.completed where consumer_id = ?", consumer);
    }

    /** The consumers with a position whose names begin so. */
    public List<String> consumers(Connection transaction, String prefix) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement(
                "select consumer_id from londiste.completed where starts_with(consumer_id, ?)")) {
            statement.setString(1, prefix);
            try (ResultSet row = statement.executeQuery()) {
                List<String> consumers = new ArrayList<>();
                while (row.next()) {
                    consumers.add(row.getString(1));
                }
                return consumers;
            }
        }
    }

    private static List<SubscribedTable> query(Connection connection, String sql, String... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                List<SubscribedTable> tables = new ArrayList<>();
                while (row.next()) {
                    tables.add(new SubscribedTable(
                            row.getInt(1),
                            TableName.parse(row.getString(2)),
                            TableState.parse(row.getString(3)),
                            row.getBoolean(4),
                            row.getString(5)));
                }
                return tables;
            }
        }
    }

    private static void execute(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.execute();
        }
    }
}
