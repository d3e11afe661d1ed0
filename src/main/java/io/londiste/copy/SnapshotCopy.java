package io.londiste.copy;

import io.londiste.change.TableName;
import io.londiste.copy.TableCopy.Step;
import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.db.Transactions;
import io.londiste.error.Causes;
import io.londiste.replay.TableException;
import io.londiste.table.CopyConsumers;
import io.londiste.table.OvertakenException;
import io.londiste.table.Partitions;
import io.londiste.table.RegisteredTables;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableLife;
import io.londiste.table.TableShape;
import io.londiste.table.TableShapes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the route {@code copy} that copy a table as of a tick.
 *
 * <p>The copy's snapshot <em>is</em> the tick: ticks are locked, a snapshot is taken and exported, the tick is inserted
 * with that very snapshot, and the transaction that imports it sees the provider exactly as of that tick. So no row
 * needs to be filtered out of the batches that follow.
 */
public final class SnapshotCopy {
    /** The exchange property with the {@link ProviderSnapshot} from which the rows are copied. */
    public static final String SNAPSHOT = "LondisteSnapshot";

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCopy.class);

    private final String queue;
    private final DataSource provider;
    private final RegisteredTables registered;
    private final DataSource subscriber;
    private final SubscribedTables tables;
    private final TableLife life;
    private final CopyConsumers consumers;
    private final TableShapes shapes;
    private final Handover handover;
    private final CopyProgressWriter progress;
    private final LockWait shortWait;
    private final LockWait longWait;

    /** @param lockTimeout how long to wait for sessions that use a table that is to be emptied */
    public SnapshotCopy(
            String queue,
            DataSource provider,
            DataSource subscriber,
            SubscribedTables tables,
            TableLife life,
            CopyConsumers consumers,
            TableShapes shapes,
            Handover handover,
            CopyProgressWriter progress,
            Duration lockTimeout) {
        this.queue = queue;
        this.provider = provider;
        this.registered = new RegisteredTables(queue, provider);
        this.subscriber = subscriber;
        this.tables = tables;
        this.life = life;
        this.consumers = consumers;
        this.shapes = shapes;
        this.handover = handover;
        this.progress = progress;
        this.longWait = new LockWait(subscriber, lockTimeout);
        this.shortWait = new LockWait(subscriber, ForeignKeys.shorter(lockTimeout));
    }

    /**
     * Begins work on the table: its consumer is recorded; unless its rows are copied already, its foreign keys are
     * saved and dropped, and an interrupted copy begins again.
     *
     * @return whether there are rows to copy; false if they were copied already
     */
    public boolean begin(TableCopy copy) throws SQLException {
        TableName table = copy.table();
        requireLogged(table);
        boolean toCopy = Transactions.call(subscriber, transaction -> {
            tables.lock(transaction);
            SubscribedTable found = find(transaction, table);
            copy.heldBy(consumers.claim(transaction, found));
            copy.readsFrom(found.source());
            if (!life.startCopy(transaction, found)) {
                return false;
            }
            shortWait.run(
                    transaction,
                    table,
                    "its foreign keys cannot be dropped",
                    step -> tables.dropForeignKeys(step, table));
            tables.clearPosition(transaction, copy.consumer());
            return true;
        });
        handover.changed();
        return toCopy;
    }

    /**
     * Makes a tick whose snapshot the rows are to be copied from, and registers the copy's consumer there. The snapshot
     * lasts until {@link #copyRows} has ended, or the exchange.
     */
    public void takeSnapshot(Exchange exchange, @ExchangeProperty(CatchUp.COPY) TableCopy copy) throws SQLException {
        shapes.forget(copy.table()); // an operator who adds a table may just have changed it
        ProviderSnapshot snapshot = inTable(copy.table(), () -> {
            ProviderSnapshot taken = ProviderSnapshot.open(provider);
            try {
                // before the snapshot, which would show a table as empty that is truncated before it is read
                taken.lock(copy.source());
                taken.become(provider, queue, copy.consumer());
                requireCapture(taken.connection(), copy);
                return taken;
            } catch (SQLException | RuntimeException e) {
                taken.closeAfter(e);
                throw e;
            }
        });
        exchange.setProperty(SNAPSHOT, snapshot);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                snapshot.closeQuietly();
            }
        });
    }

    /** Copies the rows and sets {@code catching-up} in one transaction, and closes the snapshot. */
    public void copyRows(
            @ExchangeProperty(CatchUp.COPY) TableCopy copy, @ExchangeProperty(SNAPSHOT) ProviderSnapshot snapshot)
            throws SQLException {
        inTable(copy.table(), () -> {
            try (snapshot) {
                LOG.info(
                        "{}: copying as of tick {}",
                        copy.table(),
                        snapshot.tick().tick());
                Transactions.run(subscriber, target -> copy(copy, snapshot, target));
                LOG.info("{}: {} rows copied", copy.table(), copy.rows());
            }
            return null;
        });
        copy.step(Step.DONE);
        progress.save(copy);
        handover.changed();
    }

    private void copy(TableCopy copy, ProviderSnapshot source, Connection target) throws SQLException {
        TableName table = copy.table();
        SubscribedTable subscribed = find(target, table);
        target.commit(); // others may change the table's state while rows are copied; it is checked again below
        TableShape shape = shapes.shape(target, table);
        boolean empty = empty(subscribed, shape, target);
        try {
            TableShape from = new TableShapes().shape(source.connection(), copy.source());
            Partitions.makeAll(source.connection(), from, target, queue, table, subscribed.mapping());
            new RowStream(copy, from, shape, subscribed.mapping()).run(source.connection(), target, empty);
        } catch (SQLException e) {
            if (empty || !SqlState.isUniqueViolation(e)) {
                throw e;
            }
            throw new TableException(
                    table,
                    e.getMessage() + "; existing rows clash (--skip-truncate): delete them, or remove the"
                            + " table and add it without --skip-truncate",
                    e);
        }
        if (!life.copied(target, table)) {
            throw new OvertakenException(table, find(target, table).state());
        }
        tables.setPosition(
                target, copy.consumer(), source.tick().tick(), source.tick().mark());
    }

    /**
     * Empties the table, unless existing rows are to stay: those of a table whose deletes are not replicated may be nowhere
     * else, and those of one whose changes are handed to a function are not the copy's. Returns whether it is empty.
     */
    private boolean empty(SubscribedTable subscribed, TableShape shape, Connection target) throws SQLException {
        boolean keeps = subscribed.mapping().operations().keepRows();
        if (subscribed.mapping().function() != null || subscribed.skipTruncate() || keeps && hasRows(target, shape)) {
            return false;
        }
        longWait.run(target, subscribed.name(), "it cannot be emptied", step -> {
            if (keeps) {
                Jdbc.execute(step, "lock table " + shape.target() + " in access exclusive mode");
            }
            if (!keeps || !hasRows(step, shape)) {
                Jdbc.execute(step, "truncate " + shape.target());
            }
        });
        return !keeps || !hasRows(target, shape);
    }

    private static boolean hasRows(Connection target, TableShape shape) throws SQLException {
        return Jdbc.only(target, "select exists (select from " + shape.target() + ")", row -> row.getBoolean(1));
    }

    /** Rows of a table whose changes are not captured would soon be out of date. */
    private void requireCapture(Connection source, TableCopy copy) throws SQLException {
        if (!registered.contains(source, copy.source())) {
            throw new TableException(copy.table(), "not registered on the provider (londiste ... provider add)", null);
        }
    }

    /** PostgreSQL empties an unlogged table after a crash. */
    private void requireLogged(TableName table) throws SQLException {
        String unlogged = Transactions.call(
                subscriber,
                transaction -> Jdbc.only(
                        transaction,
                        "select londiste.unlogged_part(londiste.find_table(?))",
                        row -> row.getString(1),
                        table.toString()));
        if (unlogged != null) {
            throw new TableException(
                    table,
                    "table " + unlogged
                            + " is unlogged on the subscriber: a crash of the server empties it; make it logged"
                            + " (alter table " + unlogged + " set logged), and it is copied again",
                    null);
        }
    }

    private SubscribedTable find(Connection transaction, TableName table) throws SQLException {
        return tables.find(transaction, table).orElseThrow(() -> new OvertakenException(table, null));
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws SQLException;
    }

    /** An error of the work is the table's, unless it may pass by itself. */
    private static <T> T inTable(TableName table, Work<T> work) throws SQLException {
        try {
            return work.run();
        } catch (SQLException e) {
            if (SqlState.isPassing(e)) {
                throw e;
            }
            throw new TableException(table, Causes.root(e), e);
        }
    }
}
