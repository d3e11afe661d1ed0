package io.londiste.copy;

import io.londiste.copy.TableCopy.Step;
import io.londiste.db.SqlState;
import io.londiste.db.Transactions;
import io.londiste.error.Causes;
import io.londiste.pgq.PgqClient;
import io.londiste.replay.TableException;
import io.londiste.table.OvertakenException;
import io.londiste.table.RegisteredTables;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableName;
import io.londiste.table.TableShape;
import io.londiste.table.TableShapes;
import io.londiste.table.TableState;
import io.londiste.table.TableState.Phase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies a table as of a tick.
 *
 * <p>The copy's snapshot <em>is</em> the tick: ticks are locked, a snapshot is taken and exported, the tick is inserted
 * with that very snapshot, and whoever imports it sees the provider just as of that tick. So no row needs to be filtered
 * out of the batches that follow.
 */
public final class SnapshotCopy {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCopy.class);

    private final String queue;
    private final DataSource provider;
    private final RegisteredTables registered;
    private final DataSource subscriber;
    private final SubscribedTables tables;
    private final TableShapes shapes;
    private final Handover handover;
    private final CopyProgress progress;
    private final LockWait shortWait;
    private final LockWait longWait;

    /** @param lockTimeout how long to wait for those who use a table that is to be emptied */
    public SnapshotCopy(
            String queue,
            DataSource provider,
            DataSource subscriber,
            SubscribedTables tables,
            TableShapes shapes,
            Handover handover,
            CopyProgress progress,
            Duration lockTimeout) {
        this.queue = queue;
        this.provider = provider;
        this.registered = new RegisteredTables(queue, provider);
        this.subscriber = subscriber;
        this.tables = tables;
        this.shapes = shapes;
        this.handover = handover;
        this.progress = progress;
        this.longWait = new LockWait(subscriber, lockTimeout);
        this.shortWait = new LockWait(subscriber, ForeignKeys.shorter(lockTimeout));
    }

    /** A tick and the name under which its snapshot can be imported. */
    private record SnapshotTick(long tick, String snapshot) {}

    /**
     * Takes the table up: its foreign keys are stored and dropped, and a copy that was cut short begins again.
     *
     * @return whether there are rows to copy; false if they were copied already
     */
    public boolean begin(TableCopy copy) throws SQLException {
        TableName table = copy.table();
        boolean toCopy = Transactions.call(subscriber, transaction -> {
            tables.lock(transaction);
            Phase phase = find(transaction, table).state().phase();
            if (phase != Phase.NEW && phase != Phase.IN_COPY) {
                return false;
            }
            shortWait.run(
                    transaction,
                    table,
                    "its foreign keys cannot be put aside",
                    step -> tables.dropForeignKeys(step, table));
            tables.clearPosition(transaction, copy.consumer());
            tables.setState(transaction, table, TableState.IN_COPY);
            return true;
        });
        handover.changed();
        return toCopy;
    }

    /** Copies the rows and sets {@code catching-up} in one transaction. */
    public void copy(TableCopy copy) throws SQLException {
        TableName table = copy.table();
        shapes.forget(); // whoever adds a table may just have changed it
        try (Connection source = provider.getConnection()) {
            source.setAutoCommit(false);
            source.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try {
                // before the snapshot, which would show a table as empty that is truncated before it is read
                lock(source, table);
                SnapshotTick at = tick(copy, source);
                requireCapture(source, table);
                LOG.info("{}: copying as of tick {}", table, at.tick);
                Transactions.run(subscriber, target -> copy(copy, source, target, at.tick));
                LOG.info("{}: {} rows copied", table, copy.rows());
            } finally {
                source.rollback();
                source.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                source.setAutoCommit(true);
            }
        } catch (SQLException e) {
            if (SqlState.isPassing(e)) {
                throw e;
            }
            throw new TableException(table, Causes.root(e), e);
        }
        copy.step(Step.DONE);
        progress.save(copy);
        handover.changed();
    }

    private static void lock(Connection source, TableName table) throws SQLException {
        execute(source, "lock table " + table.quoted() + " in access share mode");
    }

    private static void truncate(Connection target, TableShape table) throws SQLException {
        execute(target, "truncate " + table.target());
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Makes a tick whose snapshot {@code source} has from here on, and puts the copy's consumer there. */
    private SnapshotTick tick(TableCopy copy, Connection source) throws SQLException {
        try (Connection ticking = provider.getConnection()) {
            ticking.setAutoCommit(false);
            ticking.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (Statement lock = ticking.createStatement()) {
                // before the transaction's snapshot, so that the snapshots of ticks grow with their ids
                lock.execute("lock table pgq.tick in share row exclusive mode");
                SnapshotTick at = snapshotTick(ticking);
                try (Statement statement = source.createStatement()) {
                    statement.execute("set transaction snapshot '" + at.snapshot + "'");
                }
                PgqClient.registerConsumerAt(ticking, queue, copy.consumer(), at.tick);
                ticking.commit();
                return at;
            } catch (SQLException | RuntimeException e) {
                Transactions.rollback(ticking, e);
                throw e;
            } finally {
                ticking.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                ticking.setAutoCommit(true);
            }
        }
    }

    /** Rows of a table whose changes are not captured would be right for a moment only. */
    private void requireCapture(Connection source, TableName table) throws SQLException {
        if (!registered.contains(source, table)) {
            throw new TableException(table, "not registered on the provider (londiste ... provider add)", null);
        }
    }

    private SnapshotTick snapshotTick(Connection ticking) throws SQLException {
        try (PreparedStatement statement =
                ticking.prepareStatement("select tick_id, snapshot_name from londiste.snapshot_tick(?)")) {
            statement.setString(1, queue);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new SnapshotTick(row.getLong(1), row.getString(2));
            }
        }
    }

    private void copy(TableCopy copy, Connection source, Connection target, long tick) throws SQLException {
        TableName table = copy.table();
        boolean empty = !find(target, table).skipTruncate();
        target.commit(); // others may change the table's state while rows are copied; it is looked at again below
        TableShape shape = shapes.shape(target, table);
        if (empty) {
            longWait.run(target, table, "it cannot be emptied", step -> truncate(step, shape));
        }
        try {
            new RowStream(copy, new TableShapes().shape(source, table), shape).run(source, target, empty);
        } catch (SQLException e) {
            if (empty || !SqlState.isUniqueViolation(e)) {
                throw e;
            }
            throw new TableException(
                    table,
                    e.getMessage() + "; rows that are there already clash (--skip-truncate): delete them, or remove the"
                            + " table and add it without --skip-truncate",
                    e);
        }
        TableState state = find(target, table).state();
        if (state.phase() != Phase.IN_COPY) {
            throw new OvertakenException(table, state);
        }
        tables.setState(target, table, TableState.CATCHING_UP);
        tables.setPosition(target, copy.consumer(), tick);
    }

    private SubscribedTable find(Connection transaction, TableName table) throws SQLException {
        return tables.find(transaction, table).orElseThrow(() -> new OvertakenException(table, null));
    }
}
