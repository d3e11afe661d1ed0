package io.londiste.compare;

import io.londiste.compare.SyncPoint.Snapshot;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.error.LondisteException;
import io.londiste.table.SnapshotTick;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Makes {@link SyncPoint}s without locking anybody out: the provider's snapshot is made a tick; before that becomes
 * visible, a barrier on the subscriber has the replay stand still when it comes there; the subscriber's snapshot is taken,
 * the barrier goes, and the replay goes on. The replay may run in this process or in any other.
 *
 * <p>Whatever becomes of this process or its connections, nobody waits for it longer than {@code lock_timeout}: the
 * servers end its transactions that hold a lock and do nothing, and the barrier expires. Of several comparisons at once,
 * one waits for the other.
 *
 * <p>Safe for use by several threads.
 */
final class SyncPoints {
    /** What a server that ends idle transactions allows beyond the time that we keep by ourselves. */
    private static final int GRACE_MILLIS = 1000;

    private final Settings settings;
    private final Database provider;
    private final Database subscriber;
    private final SubscribedTables subscribed;
    private final Standstill replay;

    SyncPoints(Settings settings, Database provider, Database subscriber) {
        this.settings = settings;
        this.provider = provider;
        this.subscriber = subscriber;
        this.subscribed = new SubscribedTables(settings.queueName());
        this.replay = new Standstill(settings, provider, subscriber);
    }

    /** What is done while the replay stands still at the tick that the provider's transaction shows. */
    @FunctionalInterface
    interface Standing<T> {
        T run(Connection provider, Connection subscriber) throws SQLException;
    }

    /**
     * Waits until the replay comes to a new tick.
     *
     * @param locked tables that are locked against writes meanwhile, on the provider; usually none
     * @param force take the subscriber as it is if the replay does not come in time
     * @throws LondisteException if no replay runs, or it does not come within the job's {@code lock_timeout}; nothing is
     *     held up any more then
     */
    SyncPoint reach(List<TableName> locked, boolean force) {
        if (!force) {
            replay.requireReplay();
        }
        if (locked.isEmpty()) {
            return reach(force);
        }
        return provider.read(locking -> SyncPoint.transaction(locking, transaction -> {
            limit(transaction);
            SyncPoint.execute(
                    transaction,
                    "lock table " + locked.stream().map(TableName::quoted).collect(Collectors.joining(", "))
                            + " in share mode");
            return reach(force);
        }));
    }

    /** Lets nobody wait for the replay any more. */
    void end() {
        replay.end();
    }

    private SyncPoint reach(boolean force) {
        Snapshot there = provider.call(source -> {
            Connection holder = source.getConnection();
            SyncPoint.begin(holder);
            return new Snapshot(provider, holder, null);
        });
        try {
            long tick = tick(there.holder());
            try {
                Snapshot named = new Snapshot(provider, there.holder(), export(provider, there.holder()));
                return meet(named, tick, force);
            } finally {
                replay.lift(tick);
            }
        } catch (RuntimeException e) {
            there.abandon(e);
            throw e;
        }
    }

    /**
     * Works in one transaction of the subscriber while the replay stands still, and commits it.
     *
     * @throws LondisteException as {@link #reach}
     */
    <T> T stand(Standing<T> work) {
        replay.requireReplay();
        return provider.read(there -> SyncPoint.transaction(there, reading -> {
            long tick = tick(reading);
            SyncPoint.heedClient(reading);
            try {
                return subscriber.read(here -> standAt(tick, reading, here, work));
            } finally {
                replay.lift(tick);
            }
        }));
    }

    private <T> T standAt(long tick, Connection there, Connection here, Standing<T> work) throws SQLException {
        here.setAutoCommit(false);
        try {
            replay.await(tick, false, here);
            here.rollback();
            SyncPoint.prepare(here);
            SyncPoint.execute(
                    here, "set local lock_timeout = " + settings.lockTimeout().toMillis());
            SyncPoint.heedClient(here);
            // from here on the replay stands still however long it takes, as long as this transaction lives
            subscribed.lock(here);
            replay.require(tick, here);
            T result = work.run(there, here);
            here.commit();
            here.setAutoCommit(true);
            return result;
        } catch (SQLException | RuntimeException e) {
            SyncPoint.reset(here, e);
            throw e;
        }
    }

    /** Makes a tick whose snapshot {@code holder} has from here on, and a barrier before anybody can see it. */
    private long tick(Connection holder) {
        long end = System.nanoTime() + settings.lockTimeout().toNanos();
        while (true) {
            replay.awaitFree(end);
            // connected before ticks are locked, and given up early: no ticker is to wait for the subscriber's answer
            var tick = subscriber.read(barrier -> {
                barrier.setNetworkTimeout(
                        Runnable::run, (int) settings.lockTimeout().toMillis());
                var made = provider.read(
                        ticking -> SyncPoint.transaction(ticking, transaction -> tick(transaction, barrier, holder)));
                barrier.setNetworkTimeout(Runnable::run, 0);
                return made;
            });
            if (tick.isPresent()) {
                return tick.getAsLong();
            }
        }
    }

    /** Empty if another comparison was faster. */
    private OptionalLong tick(Connection ticking, Connection barrier, Connection holder) throws SQLException {
        limit(ticking);
        SnapshotTick made = SnapshotTick.make(ticking, settings.queueName());
        if (!subscriber.call(source -> replay.set(barrier, made.tick()))) {
            return OptionalLong.empty();
        }
        try {
            made.importInto(holder);
            ticking.commit();
        } catch (SQLException e) {
            replay.lift(made.tick());
            throw e;
        }
        return OptionalLong.of(made.tick());
    }

    /** A transaction with locks that others may wait for. */
    private void limit(Connection transaction) throws SQLException {
        long limit = settings.lockTimeout().toMillis();
        SyncPoint.execute(
                transaction,
                "set local lock_timeout = " + limit + "; set local statement_timeout = " + limit
                        + "; set local idle_in_transaction_session_timeout = " + (limit + GRACE_MILLIS));
    }

    private static String export(Database database, Connection holder) {
        return database.call(source -> {
            try (PreparedStatement statement = holder.prepareStatement("select pg_export_snapshot()");
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        });
    }

    /** Takes the subscriber's snapshot when the replay is at the tick. */
    private SyncPoint meet(Snapshot there, long tick, boolean force) {
        return subscriber.call(source -> {
            Connection holder = source.getConnection();
            try {
                SyncPoint.begin(holder);
                boolean exact = replay.await(tick, force, holder);
                return new SyncPoint(tick, exact, there, new Snapshot(subscriber, holder, export(subscriber, holder)));
            } catch (SQLException | RuntimeException e) {
                new Snapshot(subscriber, holder, null).abandon(e);
                throw e;
            }
        });
    }
}
