package io.londiste.table;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tables of one queue on the subscriber and the positions of its consumers, in the caller's transaction.
 *
 * <p>Which tables the replay owns may only be changed under {@link #lock}; the replay shares that lock from the moment it
 * reads their states ({@link #begin}) until its commit. So a table's owner never changes during a running batch.
 */
public final class SubscribedTables {
    /** The error of a consumer whose replay its operator has paused. */
    public static final String PAUSED = "paused by its operator";

    /** Begins the error of a consumer that its daemon has observed, and that it shows elsewhere as well. */
    public static final String OBSERVED = "its process reports: ";

    private static final String COLUMNS = "select nr, table_name, merge_state, skip_truncate, reason, "
            + Mapping.COLUMNS + " from londiste.subscriber_table where queue_name = ?";

    /** As the index has it. */
    private static final String MEETING = COLUMNS + " and merge_state like '%sync:%'";

    /** The statement of {@link #setPosition}, with its parameters except for the transaction. */
    public static final String SET_POSITION =
            "insert into londiste.completed (consumer_id, last_tick_id, tick_mark) values (?, ?, ?) on conflict (consumer_id)"
                    + " do update set last_tick_id = excluded.last_tick_id, tick_mark = excluded.tick_mark, error = null";

    private final String queue;
    /** What is declared for a number never changes; but from when on rows are kept does. */
    private record Declared(int nr, String keptSince) {}

    private final Map<Declared, SubscribedTable> mapped = new ConcurrentHashMap<>();

    public SubscribedTables(String queue) {
        this.queue = queue;
    }

    /** Waits for running batches and keeps new ones from starting until the transaction ends. */
    public void lock(Connection transaction) throws SQLException {
        Jdbc.execute(transaction, "select londiste.lock_tables(?, true)", queue);
    }

    /**
     * Keeps partitions from being dropped until the transaction ends. To be called before its snapshot is taken: a dropped
     * partition is missing in older snapshots, too.
     */
    public static void keepRows(Connection transaction) throws SQLException {
        Jdbc.execute(transaction, "lock table londiste.subscriber_table in row exclusive mode");
    }

    /** Saves and drops the foreign keys from and to the table. */
    public void dropForeignKeys(Connection transaction, TableName table) throws SQLException {
        Jdbc.execute(transaction, "select londiste.subscriber_drop_all_fkeys(?)", table.toString());
    }

    /** All tables in the order in which they were added. */
    public List<SubscribedTable> list(Connection transaction) throws SQLException {
        return query(transaction, COLUMNS + " order by nr", queue);
    }

    /** The same, but fails with SQLSTATE 55P03 and the holders' names if others hold a lock for more than 2 s. */
    public void dropForeignKeysSoon(Connection transaction, TableName table) throws SQLException {
        Jdbc.execute(transaction, "select londiste.drop_fkeys_soon(?)", table.toString());
    }

    /**
     * The first tables that are not in sync: those that are closest to it first, then in the order in which they were
     * added.
     */
    public List<SubscribedTable> unsettled(Connection transaction, int limit) throws SQLException {
        return query(
                transaction,
                COLUMNS
                        + " and merge_state is distinct from 'ok' order by case when merge_state like 'do-sync:%' then 1"
                        + " when merge_state like 'wanna-sync:%' then 2 when merge_state = 'catching-up' then 3"
                        + " when merge_state = 'in-copy' then 4 else 5 end, nr limit ?",
                queue,
                limit);
    }

    /**
     * What the provider's table is replicated as, if the replay applies its batch to it: it is subscribed and in sync. Then its foreign
     * keys to tables that are not are saved and dropped. Otherwise empty.
     */
    public Optional<Target> ownedByReplay(Connection transaction, TableName table) throws SQLException {
        return Jdbc.first(
                transaction,
                "select table_name, " + Mapping.COLUMNS + " from londiste.subscriber_table where queue_name = ?"
                        + " and coalesce(source_table, table_name) = ? and londiste.replay_owns(queue_name, table_name)",
                row -> new Target(TableName.parse(row.getString(1)), Mapping.read(row, 2)),
                queue,
                table.toString());
    }

    /** The tables that wait for the replay, or that the replay waits for, in the order in which they were added. */
    public List<SubscribedTable> meeting(Connection connection) throws SQLException {
        return query(connection, MEETING + " order by nr", queue);
    }

    /** The table, its row locked until the transaction ends; empty if it is not subscribed. */
    public Optional<SubscribedTable> find(Connection transaction, TableName table) throws SQLException {
        return query(transaction, COLUMNS + " and table_name = ? for update", queue, table.toString()).stream()
                .findFirst();
    }

    /** The table into which a table of the provider is replicated, its row locked as by {@link #find}. */
    public Optional<SubscribedTable> findSource(Connection transaction, TableName table) throws SQLException {
        return query(
                        transaction,
                        COLUMNS + " and coalesce(source_table, table_name) = ? for update",
                        queue,
                        table.toString())
                .stream()
                .findFirst();
    }

    /** Ends the replication of the table and restores the triggers that were saved for it. */
    public void remove(Connection transaction, TableName table) throws SQLException {
        Jdbc.execute(transaction, "select londiste.subscriber_remove_table(?, ?)", queue, table.toString());
    }

    /** Ends the replication of a sequence, which keeps its value. Returns whether it was registered. */
    public boolean removeSequence(Connection transaction, TableName sequence) throws SQLException {
        return Jdbc.update(
                        transaction,
                        "delete from londiste.subscriber_seq where queue_name = ? and seq_name = ?",
                        queue,
                        sequence.toString())
                == 1;
    }

    /**
     * A tick up to which batches are applied.
     *
     * @param mark identifies the tick beyond its number; null if that is not known
     */
    public record Applied(long tick, String mark) {}

    /**
     * What a batch of the replay needs to know before its rows are written.
     *
     * @param applied the tick up to which batches are applied; empty if there is none
     * @param barrier the tick at which the replay has to wait; null: none
     * @param meeting whether a table waits for the replay, or the replay for a table
     * @param handedOver a table that is being handed over to the replay; null: none
     * @param sequences whether the queue has sequences
     * @param owned which of the provider's tables the replay applies its batches to, with what each is replicated as
     */
    public record Beginning(
            Optional<Applied> applied,
            Long barrier,
            boolean meeting,
            String handedOver,
            boolean sequences,
            Map<TableName, Target> owned) {}

    /**
     * What a table of the provider is replicated as.
     *
     * @param table the subscriber's table
     */
    public record Target(TableName table, Mapping mapping) {
        private static Target same(TableName table) {
            return new Target(table, Mapping.NONE);
        }
    }

    /**
     * Begins a batch of the replay, as {@code londiste.begin_batch} does, and runs other statements, in one round trip.
     *
     * @param known the provider's tables that are known to have changes in the batch
     * @param more statements without parameters and without results
     */
    public Beginning begin(Connection transaction, String consumer, Set<TableName> known, String more)
            throws SQLException {
        record Answer(Beginning beginning, Integer[] mapped, String[] kept) {}
        Answer answer = Jdbc.listAmong(
                        transaction,
                        "select tick, mark, barrier, meeting, handed_over, sequences, owned, mapped, kept from londiste.begin_batch(?, ?, ?); "
                                + more,
                        row -> new Answer(
                                beginning(row, known),
                                (Integer[]) row.getArray(8).getArray(),
                                (String[]) row.getArray(9).getArray()),
                        queue,
                        consumer,
                        known.stream().map(TableName::toString).toArray(String[]::new))
                .get(0);
        for (int i = 0; i < answer.mapped.length; i++) {
            SubscribedTable table = mapped(transaction, new Declared(answer.mapped[i], answer.kept[i]));
            answer.beginning.owned.put(table.source(), new Target(table.name(), table.mapping()));
        }
        return answer.beginning;
    }

    /** A table that is not replicated as it is. */
    private SubscribedTable mapped(Connection transaction, Declared declared) throws SQLException {
        SubscribedTable table = mapped.get(declared);
        if (table == null) {
            table = query(transaction, COLUMNS + " and nr = ?", queue, declared.nr)
                    .get(0);
            mapped.put(declared, table);
        }
        return table;
    }

    private static Beginning beginning(ResultSet row, Set<TableName> known) throws SQLException {
        Long tick = row.getObject(1, Long.class);
        Set<String> names = Set.of((String[]) row.getArray(7).getArray());
        Map<TableName, Target> owned = new HashMap<>();
        known.stream()
                .filter(table -> names.contains(table.toString()))
                .forEach(table -> owned.put(table, Target.same(table)));
        return new Beginning(
                tick == null ? Optional.empty() : Optional.of(new Applied(tick, row.getString(2))),
                row.getObject(3, Long.class),
                row.getBoolean(4),
                row.getString(5),
                row.getBoolean(6),
                owned);
    }

    /** The tick up to which the consumer's batches are applied, with its mark; locked until the transaction ends. */
    public Optional<Applied> applied(Connection transaction, String consumer) throws SQLException {
        return Jdbc.first(
                transaction,
                "select last_tick_id, tick_mark from londiste.completed where consumer_id = ? for update",
                row -> new Applied(row.getLong(1), row.getString(2)),
                consumer);
    }

    /** The tick up to which the consumer's batches are applied; locked until the transaction ends. */
    public Optional<Long> position(Connection transaction, String consumer) throws SQLException {
        return applied(transaction, consumer).map(Applied::tick);
    }

    /** The tick up to which the consumer's batches are applied. */
    public Optional<Long> appliedTick(Connection connection, String consumer) throws SQLException {
        return Jdbc.first(
                connection,
                "select last_tick_id from londiste.completed where consumer_id = ?",
                row -> row.getObject(1, Long.class),
                consumer);
    }

    /**
     * Sets the tick up to which the consumer's batches are applied, and clears its error.
     *
     * @param mark identifies the tick beyond its number; null if that is not known
     */
    public void setPosition(Connection transaction, String consumer, long tick, String mark) throws SQLException {
        Jdbc.execute(transaction, SET_POSITION, consumer, tick, mark);
    }

    /** Records why the batch after the consumer's position could not be applied; the next position clears that. */
    public void setError(Connection transaction, String consumer, String error) throws SQLException {
        Jdbc.execute(transaction, "update londiste.completed set error = ? where consumer_id = ?", error, consumer);
    }

    /**
     * Records what the consumer's daemon observes, unless there is another error, or a batch is being applied; the next
     * position clears it. Waits for no lock.
     *
     * @param problem null: nothing, which clears the last one
     */
    public void setObserved(Connection transaction, String consumer, String problem) throws SQLException {
        Jdbc.execute(
                transaction,
                "update londiste.completed set error = ? where consumer_id = (select consumer_id from londiste.completed"
                        + " where consumer_id = ? and (error is null or starts_with(error, ?)) for update skip locked)",
                problem == null ? null : OBSERVED + problem,
                consumer,
                OBSERVED);
    }

    /** Clears the record that the consumer's replay is paused, or what its daemon has observed. */
    public void clearPaused(Connection transaction, String consumer) throws SQLException {
        Jdbc.execute(
                transaction,
                "update londiste.completed set error = null where consumer_id = ? and (error = ? or starts_with(error, ?))",
                consumer,
                PAUSED,
                OBSERVED);
    }

    /** Deletes the consumer's position. */
    public void clearPosition(Connection transaction, String consumer) throws SQLException {
        Jdbc.execute(transaction, "delete from londiste.completed where consumer_id = ?", consumer);
    }

    private static List<SubscribedTable> query(Connection connection, String sql, Object... parameters)
            throws SQLException {
        return Jdbc.list(
                connection,
                sql,
                row -> new SubscribedTable(
                        row.getInt(1),
                        TableName.parse(row.getString(2)),
                        TableState.parse(row.getString(3)),
                        row.getBoolean(4),
                        row.getString(5),
                        Mapping.read(row, 6)),
                parameters);
    }
}
