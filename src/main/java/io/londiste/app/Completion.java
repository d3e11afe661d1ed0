package io.londiste.app;

import io.londiste.copy.Copies;
import io.londiste.copy.ForeignKeys;
import io.londiste.db.Transactions;
import io.londiste.error.LondisteException;
import io.londiste.pgq.PgqClient;
import io.londiste.replay.ReplayStatus;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableState.Phase;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Whether a replay has done all the work that existed at the first call: everything that was committed on the provider by
 * then is applied, and each table is in sync or is stopped with a reason. Used by one thread.
 *
 * <p>It creates ticks itself, so that no ticker has to run.
 */
public final class Completion {
    /** After how many attempts a failing batch ends the wait; a temporary error, such as a deadlock, is over by then. */
    private static final int ATTEMPTS = 3;

    private final String queue;
    private final String consumer;
    private final PgqClient pgq;
    private final DataSource subscriber;
    private final SubscribedTables tables;
    private final Copies copies;
    private final ForeignKeys foreignKeys;
    private final ReplayStatus status;
    private long targetTick; // 0: not chosen yet

    Completion(
            String queue,
            String consumer,
            PgqClient pgq,
            DataSource subscriber,
            SubscribedTables tables,
            Copies copies,
            ForeignKeys foreignKeys,
            ReplayStatus status) {
        this.queue = queue;
        this.consumer = consumer;
        this.pgq = pgq;
        this.subscriber = subscriber;
        this.tables = tables;
        this.copies = copies;
        this.foreignKeys = foreignKeys;
        this.status = status;
    }

    /**
     * Returns whether the work is done.
     *
     * @throws LondisteException if the replay makes no progress, or one of the databases cannot be queried
     */
    public boolean isDone() {
        requireProgress();
        try {
            if (targetTick == 0) {
                targetTick = pgq.tickNow(queue);
            }
            boolean done = Transactions.call(subscriber, transaction -> {
                Optional<Long> applied = tables.position(transaction, consumer);
                return applied.filter(tick -> tick >= targetTick).isPresent()
                        && tables.list(transaction).stream().noneMatch(this::isUnderWay);
            });
            done &= !foreignKeys.isAtWork();
            if (!done) {
                pgq.tickNow(queue); // tables that catch up need a later tick for their handover to the replay
            }
            return done;
        } catch (SQLException e) {
            throw new LondisteException("cannot read the position of the replay: " + e.getMessage(), e);
        }
    }

    private void requireProgress() {
        var failure = status.failure();
        if (failure.times() >= ATTEMPTS) {
            throw new LondisteException("the replay is stopped at its batch, which failed " + failure.times()
                    + " times: " + failure.reason());
        }
    }

    private boolean isUnderWay(SubscribedTable table) {
        return table.state().phase() != Phase.OK && !copies.isStopped(table.name());
    }

    /** The tables that are not in sync; to be called when the work is done. */
    public List<SubscribedTable> stopped() {
        try {
            return Transactions.call(subscriber, tables::list).stream()
                    .filter(table -> table.state().phase() != Phase.OK)
                    .toList();
        } catch (SQLException e) {
            throw new LondisteException("cannot read the states of the tables: " + e.getMessage(), e);
        }
    }
}
