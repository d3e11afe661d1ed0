package io.londiste.copy;

import io.londiste.db.Transactions;
import io.londiste.error.LondisteException;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableName;
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
 * Where the replay and the copies meet: the replay stands still at a tick until the tables that have come near are there
 * too, and owns them from then on.
 *
 * <p>The states in the database are what counts; {@link #changed} only wakes those who wait, so that nobody has to look
 * often. Safe for use by several threads.
 */
public final class Handover {
    /** How long to sleep at most before looking again, should a word be lost. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final String consumer;
    private final DataSource subscriber;
    private final SubscribedTables tables;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition change = lock.newCondition();
    private long changes;
    private volatile Supplier<Map<TableName, TableCopy>> active = Map::of;

    /** @param consumer the replay's, whose position is where it stands */
    public Handover(String consumer, DataSource subscriber, SubscribedTables tables) {
        this.consumer = consumer;
        this.subscriber = subscriber;
        this.tables = tables;
    }

    /** Tells which tables are worked on in this process. */
    public void watch(Supplier<Map<TableName, TableCopy>> activeCopies) {
        active = activeCopies;
    }

    /**
     * Lets tables that wait for the replay come to the tick at which it stands, and returns when they are there.
     *
     * <p>Does nothing at the beginning of a batch that comes again after it was applied: the replay stands at its end, and
     * a table that was not its own then would miss the batch.
     *
     * @throws LondisteException if the route is to stop; the states stay as they are
     */
    public void meet(long tick, Exchange exchange) throws SQLException {
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

    /** Says {@code do-sync} to those that wait, and returns those that are on the last piece of their way. */
    private Set<TableName> call(long tick, Set<TableName> met) throws SQLException {
        Set<TableName> coming = new HashSet<>();
        Map<TableName, TableCopy> working = active.get();
        if (!isAnyMeeting()) {
            return coming;
        }
        boolean told = Transactions.call(subscriber, transaction -> {
            if (tables.position(transaction, consumer).orElse(tick) != tick) {
                return false;
            }
            boolean set = false;
            for (SubscribedTable table : tables.meeting(transaction)) {
                TableState state = next(table, tick, met, working);
                boolean isSo = state.equals(table.state());
                if (!isSo) {
                    isSo = tables.advance(transaction, table, state); // else it is looked at again with the next batch
                    set = true;
                }
                if (isSo && state.phase() == Phase.DO_SYNC) {
                    coming.add(table.name());
                }
            }
            return set;
        });
        if (told) {
            changed();
        }
        return coming;
    }

    private boolean isAnyMeeting() throws SQLException {
        try (Connection connection = subscriber.getConnection()) {
            return !tables.meeting(connection).isEmpty();
        }
    }

    private static TableState next(
            SubscribedTable table, long tick, Set<TableName> met, Map<TableName, TableCopy> working) {
        TableState state = table.state();
        return switch (state.phase()) {
            case WANNA_SYNC -> state.tick() <= tick ? TableState.doSync(tick) : state;
            case DO_SYNC -> {
                if (state.tick() > tick) {
                    yield TableState.wannaSync(state.tick()); // the replay was put back since
                }
                // a copy that failed on the last piece must not hold the others up
                boolean gone = met.contains(table.name()) && !working.containsKey(table.name());
                yield gone ? TableState.CATCHING_UP : TableState.doSync(tick);
            }
            default -> state;
        };
    }

    /** Wakes those who wait: a state has changed. */
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
                change.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LondisteException("interrupted while waiting for a table's state to change", e);
        } finally {
            lock.unlock();
        }
    }
}
