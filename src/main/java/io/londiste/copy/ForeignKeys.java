package io.londiste.copy;

import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.db.Transactions;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableShapes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Restores the foreign keys that were dropped for a copy, once the tables on both ends are in sync. */
public final class ForeignKeys {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignKeys.class);
    /** The pause after a failure grows: a key that rows violate costs a scan of both tables each time. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(20);

    private static final Duration LAST_PAUSE = Duration.ofMinutes(10);

    /** How long the replay may be held up by sessions that use the tables of a foreign key. */
    private static final Duration HOLD_UP = Duration.ofSeconds(1);

    private final String queue;
    private final DataSource subscriber;
    private final SubscribedTables tables;
    private final TableShapes shapes;
    private final Duration lockTimeout;
    private Duration pause = FIRST_PAUSE;
    private long notBefore = System.nanoTime();

    /** @param lockTimeout how long to wait for sessions that use the tables, if it is less than a second */
    public ForeignKeys(
            String queue, DataSource subscriber, SubscribedTables tables, TableShapes shapes, Duration lockTimeout) {
        this.queue = queue;
        this.subscriber = subscriber;
        this.tables = tables;
        this.shapes = shapes;
        this.lockTimeout = shorter(lockTimeout);
    }

    /** How long to wait for a lock while the replay waits as well. */
    static Duration shorter(Duration lockTimeout) {
        return lockTimeout.compareTo(HOLD_UP) < 0 ? lockTimeout : HOLD_UP;
    }

    /** Does the same as {@link #restore}, but pauses after a failure, longer each time. */
    public void restoreRemaining() throws SQLException {
        if (isDue()) {
            restore();
        }
    }

    private synchronized boolean isDue() {
        return System.nanoTime() - notBefore >= 0;
    }

    private synchronized void tried(boolean all) {
        if (all) {
            pause = FIRST_PAUSE;
        } else {
            notBefore = System.nanoTime() + pause.toNanos();
            pause = pause.compareTo(LAST_PAUSE) < 0 ? pause.multipliedBy(2) : LAST_PAUSE;
        }
    }

    /** Restores what can be restored now, between two batches: there all tables in sync are as of one tick. */
    public void restore() throws SQLException {
        if (!isPending()) {
            return; // running batches need not be waited for
        }
        boolean all = Transactions.call(subscriber, transaction -> {
            tables.lock(transaction);
            Jdbc.execute(transaction, "set local lock_timeout = " + lockTimeout.toMillis());
            return restore(transaction);
        });
        tried(all);
        shapes.forget(); // the order of tables has changed with their foreign keys
    }

    /** Returns whether nothing is left that an operator has to fix. */
    private boolean restore(Connection transaction) throws SQLException {
        try (PreparedStatement statement =
                transaction.prepareStatement("select * from londiste.subscriber_restore_fkeys(?)")) {
            statement.setString(1, queue);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    LOG.info("foreign key {} restored", row.getString(1));
                }
            }
            boolean all = true;
            for (SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
                LOG.warn("{}", w.getMessage());
                all &= SqlState.isPassing(w);
            }
            return all;
        }
    }

    private boolean isPending() throws SQLException {
        return Transactions.call(
                        subscriber,
                        transaction -> Jdbc.first(
                                transaction,
                                "select 1 from londiste.restorable_fkeys(?) limit 1",
                                row -> row.getInt(1),
                                queue))
                .isPresent();
    }
}
