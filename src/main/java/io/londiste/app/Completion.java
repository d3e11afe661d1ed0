package io.londiste.app;

import io.londiste.copy.Copies;
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
 * Whether a replay has done what there was to do when it was first asked: what was committed on the provider by then is
 * applied, and each table is in sync or has stopped with a reason. Used by one thread.
 *
 * <p>It ticks the queue itself, so that no ticker has to run.
 */
public final class Completion {
    /** What may pass by itself, a deadlock for example, has passed when a batch has failed so often. */
    private static final int TRIES = 3;

    private final String queue;
    private final String consumer;
    private final PgqClient pgq;
    private final DataSource subscriber;
    private final SubscribedTables tables;
    private final Copies copies;
    private final ReplayStatus status;
    private long goal;

    Completion(
            String queue,
            String consumer,
            PgqClient pgq,
            DataSource subscriber,
            SubscribedTables tables,
            Copies copies,
            ReplayStatus status) {
        this.queue = queue;
        this.consumer = consumer;
        this.pgq = pgq;
        this.subscriber = subscriber;
        this.tables = tables;
        this.copies = copies;
        this.status = status;
    }

    /**
     * Has the replay come as far as it can?
     *
     * @throws LondisteException if it does not come any further, or one of the databases cannot be asked
     */
    public boolean isDone() {
        requireProgress();
        try {
            if (goal == 0) {
                goal = pgq.tickNow(queue);
            }
            boolean done = Transactions.call(subscriber, transaction -> {
                Optional<Long> applied = tables.position(transaction, consumer);
                return applied.filter(tick -> tick >= goal).isPresent()
                        && tables.list(transaction).stream().noneMatch(this::isOnItsWay);
            });
            if (!done) {
                pgq.tickNow(queue); // tables that catch up meet the replay at a tick that is still to come
            }
            return done;
        } catch (SQLException e) {
            throw new LondisteException("cannot see how far the replay is: " + e.getMessage(), e);
        }
    }

    private void requireProgress() {
        var failure = status.failure();
        if (failure.times() >= TRIES) {
            throw new LondisteException("the replay does not come past its batch, which failed " + failure.times()
                    + " times: " + failure.reason());
        }
    }

    private boolean isOnItsWay(SubscribedTable table) {
        return table.state().phase() != Phase.OK && !copies.isStopped(table.name());
    }

    /** The tables that are not in sync; called when all is done. */
    public List<SubscribedTable> stopped() {
        try {
            return Transactions.call(subscriber, tables::list).stream()
                    .filter(table -> table.state().phase() != Phase.OK)
                    .toList();
        } catch (SQLException e) {
            throw new LondisteException("cannot see the tables' states: " + e.getMessage(), e);
        }
    }
}
