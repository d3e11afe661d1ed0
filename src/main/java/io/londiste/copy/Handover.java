package io.londiste.copy;

import io.londiste.change.TableName;
import io.londiste.db.Transactions;
import io.londiste.error.LondisteException;
import io.londiste.replay.BatchTransaction;
import io.londiste.replay.Replay;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableLife;
import io.londiste.table.TableState;
import io.londiste.table.TableState.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.camel.Exchange;

/**
 * Where the replay and the copies meet: the replay waits at a tick until the tables that are close have reached it, and
 * owns them from then on.
 *
 * <p>The states in the database are what counts; {@link #changed} only wakes waiting threads, so that they need not
 * check often. Safe for use by several threads.
 */
public final class Handover {
    /** How long to wait at most before checking again: other processes change states, too. */
    private static final Duration CHECK = Duration.ofSeconds(1);

    private final String consumer;
    private final DataSource subscriber;
    private final SubscribedTables tables;
    private final TableLife life;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition change = lock.newCondition();
    private long changes;
    private volatile Supplier<Map<TableName, TableCopy>> active = Map::of;

    /** Whether a table may be meeting the replay. Set when that is seen, and unset when the database has none. */
    private volatile boolean possible = true;

    /** @param consumer the replay's, whose position is the tick where the replay is */
    public Handover(String consumer, DataSource subscriber, SubscribedTables tables, TableLife life) {
        this.consumer = consumer;
        this.subscriber = subscriber;
        this.tables = tables;
        this.life = life;
    }

    /** Sets how to find out which tables this process works on. */
    public void watch(Supplier<Map<TableName, TableCopy>> activeCopies) {
        active = activeCopies;
    }

    /**
     * Lets tables that wait for the replay come to the tick where it is, and returns when they are there.
     *
     * <p>Does nothing at the beginning of a batch that is delivered again after it was applied: the replay is at its
     * end, and a table that it did not own then would miss the batch.
     *
     * <p>Most batches meet no table: the database is only asked if this process works on tables, or if the transaction of
     * the exchange's batch found one.
     *
     * @throws LondisteException if the route is to stop; the states stay as they are
     */
    public void meet(long tick, Exchange exchange) throws SQLException {
        BatchTransaction batch = exchange.getProperty(Replay.TRANSACTION, BatchTransaction.class);
        possible |= batch != null && batch.isMeeting();
        if (!possible && active.get().isEmpty()) {
            return;
        }
        Set<TableName> met = new HashSet<>();
        while (true) {
            long seen = changes();
            Set<TableName> coming = call(tick, met);
            if (coming.isEmpty()) {
                return;
            }
            met.addAll(coming);
            if (!exchange.getContext().getStatus().isStarted()) {
                throw new LondisteException("stopped while tables " + coming + " were handed over");
            }
            await(seen);
        }
    }

    /** Sets {@code do-sync} for the tables that wait; returns those that are still to come to the tick. */
    private Set<TableName> call(long tick, Set<TableName> met) throws SQLException {
        Set<TableName> coming = new HashSet<>();
        Map<TableName, TableCopy> working = active.get();
        if (!isAnyMeeting()) {
            possible = !working.isEmpty();
            return coming;
        }
        boolean anyChanged = Transactions.call(subscriber, transaction -> {
            if (tables.position(transaction, consumer).orElse(tick) != tick) {
                return false;
            }
            boolean changed = false;
            for (SubscribedTable table : tables.meeting(transaction)) {
                // a copy that failed shortly before the handover must not hold up the others
                boolean failed = met.contains(table.name()) && !working.containsKey(table.name());
                if (table.state().equals(TableState.doSync(tick)) && !failed) {
                    coming.add(table.name());
                } else {
                    changed |= call(transaction, table, tick, failed, coming);
                }
            }
            return changed;
        });
        if (anyChanged) {
            changed();
        }
        return coming;
    }

    /** Returns whether the state has changed. If another session was faster, the next batch handles the table. */
    private boolean call(
            Connection transaction, SubscribedTable table, long tick, boolean failed, Set<TableName> coming)
            throws SQLException {
        boolean called = table.state().phase() == Phase.DO_SYNC;
        if (table.state().tick() > tick) {
            return called && life.waitsAgain(transaction, table);
        }
        if (called && failed) {
            return life.fallsBehind(transaction, table);
        }
        boolean changed = life.meetsAt(transaction, table, tick);
        if (changed) {
            coming.add(table.name());
        }
        return changed;
    }

    private boolean isAnyMeeting() throws SQLException {
        try (Connection connection = subscriber.getConnection()) {
            return !tables.meeting(connection).isEmpty();
        }
    }

    /** Wakes waiting threads: a state has changed. */
    public void changed() {
        lock.lock();
        try {
            changes++;
            change.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A number that grows with each {@link #changed}. */
    long changes() {
        lock.lock();
        try {
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /** Returns when something has changed since {@code seen}, or after a while. */
    void await(long seen) {
        lock.lock();
        try {
            if (changes == seen) {
                change.await(CHECK.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LondisteException("interrupted while waiting for a table's state to change", e);
        } finally {
            lock.unlock();
        }
    }
}
