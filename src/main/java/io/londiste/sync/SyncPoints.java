package io.londiste.sync;

import io.londiste.change.TableName;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.error.LondisteException;
import io.londiste.table.SnapshotTick;
import io.londiste.table.SubscribedTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Takes {@link SyncPoint}s without locking out other clients: the provider's snapshot is made a tick; before the tick
 * becomes visible, a barrier on the subscriber makes the replay wait at it; the subscriber's snapshot is taken, the
 * barrier is removed, and the replay continues. The replay may run in this or any other process.
 *
 * <p>Whatever happens to this process or its connections, no client waits for it longer than {@code lock_timeout}: the
 * servers end its transactions that hold a lock and are idle, and the barrier expires. Of several sync points at once,
 * one waits for the other.
 *
 * <p>Safe for use by several threads.
 */
public final class SyncPoints {
    /** How much longer than our own time limit a server waits before it ends an idle transaction. */
    private static final int GRACE_MILLIS = 1000;

    private final Settings settings;
    private final Database provider;
    private final Database subscriber;
    private final SubscribedTables subscribed;
    private final ReplayHold replay;

    public SyncPoints(Settings settings, Database provider, Database subscriber) {
        this.settings = settings;
        this.provider = provider;
        this.subscriber = subscriber;
        this.subscribed = new SubscribedTables(settings.queueName());
        this.replay = new ReplayHold(settings, provider, subscriber);
    }

    /** The queue whose ticks are made. */
    public String queue() {
        return settings.queueName();
    }

    /**
     * Makes a tick, waits until the replay has reached it, and takes the sync point.
     *
     * @param locked tables that are locked against writes on the provider until then; usually none
     * @param force take the subscriber as it is if the replay does not reach the tick in time
     * @throws LondisteException if no replay runs, or it does not reach the tick within the job's {@code lock_timeout};
     *     nothing is held up any more then
     */
    public SyncPoint take(List<TableName> locked, boolean force) {
        if (!force) {
            replay.requireReplay();
        }
        if (locked.isEmpty()) {
            return take(force);
        }
        return provider.read(locking -> SnapshotTransaction.run(locking, transaction -> {
            limitLocks(transaction);
            Jdbc.execute(
                    transaction,
                    "lock table " + locked.stream().map(TableName::quoted).collect(Collectors.joining(", "))
                            + " in share mode");
            return take(force);
        }));
    }

    /** Ends all waiting for the replay, and refuses to take further sync points. */
    void end() {
        replay.end();
    }

    private SyncPoint take(boolean force) {
        Snapshot there = provider.call(source -> {
            Connection holder = source.getConnection();
            SnapshotTransaction.begin(holder);
            return new Snapshot(provider, holder, null);
        });
        try {
            long tick = makeTick(there.holder());
            try {
                return takeAt(there.export(), tick, force);
            } finally {
                replay.release(tick);
            }
        } catch (RuntimeException e) {
            there.release(e);
            throw e;
        }
    }

    /** Takes the subscriber's snapshot when the replay is at the tick. */
    private SyncPoint takeAt(Snapshot there, long tick, boolean force) {
        return subscriber.call(source -> {
            var here = new Snapshot(subscriber, source.getConnection(), null);
            try {
                SnapshotTransaction.begin(here.holder());
                SubscribedTables.keepRows(here.holder());
                boolean exact = replay.await(tick, force, here.holder());
                return new SyncPoint(tick, exact, there, here.export());
            } catch (SQLException | RuntimeException e) {
                here.release(e);
                throw e;
            }
        });
    }

    /**
     * Runs work in one transaction of the subscriber while the replay waits at a new tick, and commits it.
     *
     * @param work its provider connection sees the state of that tick
     * @throws LondisteException like {@link #take}
     */
    public <T> T whileReplayWaits(WorkAtTick<T> work) {
        replay.requireReplay();
        return provider.read(there -> SnapshotTransaction.run(there, reading -> {
            long tick = makeTick(reading);
            Jdbc.execute(reading, "set transaction read only");
            SnapshotTransaction.endWithClient(reading);
            try {
                return subscriber.read(here -> writeAt(tick, reading, here, work));
            } finally {
                replay.release(tick);
            }
        }));
    }

    private <T> T writeAt(long tick, Connection there, Connection here, WorkAtTick<T> work) throws SQLException {
        here.setAutoCommit(false);
        try {
            SubscribedTables.keepRows(here);
            replay.await(tick, false, here);
            here.rollback();
            SnapshotTransaction.prepare(here);
            Jdbc.execute(
                    here, "set local lock_timeout = " + settings.lockTimeout().toMillis());
            SnapshotTransaction.endWithClient(here);
            // with this lock the replay waits as long as this transaction lives, even if the barrier expires
            subscribed.lock(here);
            replay.requireAt(tick, here);
            T result;
            var life = SignOfLife.of(here, settings.lockTimeout().plusMillis(GRACE_MILLIS));
            try (life) {
                result = work.run(there, here);
            }
            here.commit();
            here.setAutoCommit(true);
            return result;
        } catch (SQLException | RuntimeException e) {
            SnapshotTransaction.end(here, e);
            throw e;
        }
    }

    /** Makes a tick whose snapshot {@code holder} sees from here on, and a barrier before the tick becomes visible. */
    private long makeTick(Connection holder) {
        long end = System.nanoTime() + settings.lockTimeout().toNanos();
        while (true) {
            replay.awaitFree(end);
            // connected before ticks are locked, and released early: no ticker should wait for the subscriber's answer
            var tick = subscriber.read(barrier -> {
                barrier.setNetworkTimeout(
                        Runnable::run, (int) settings.lockTimeout().toMillis());
                var made = provider.read(ticking ->
                        SnapshotTransaction.run(ticking, transaction -> makeTick(transaction, barrier, holder)));
                barrier.setNetworkTimeout(Runnable::run, 0);
                return made;
            });
            if (tick.isPresent()) {
                return tick.getAsLong();
            }
        }
    }

    /** Empty if another comparison was faster. */
    private OptionalLong makeTick(Connection ticking, Connection barrier, Connection holder) throws SQLException {
        limitLocks(ticking);
        var tick = SnapshotTick.make(ticking, settings.queueName());
        if (!subscriber.call(source -> replay.hold(barrier, tick.tick()))) {
            return OptionalLong.empty();
        }
        try {
            tick.importInto(holder);
            ticking.commit();
        } catch (SQLException e) {
            replay.release(tick.tick());
            throw e;
        }
        return OptionalLong.of(tick.tick());
    }

    /** Limits how long others may have to wait for the locks of a transaction. */
    private void limitLocks(Connection transaction) throws SQLException {
        long limit = settings.lockTimeout().toMillis();
        Jdbc.execute(
                transaction,
                "set local lock_timeout = " + limit + "; set local statement_timeout = " + limit
                        + "; set local idle_in_transaction_session_timeout = " + (limit + GRACE_MILLIS));
    }
}
