package io.londiste.sync;

import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.error.LondisteException;
import io.londiste.pgq.PgqClient;
import io.londiste.table.ReplayLock;
import io.londiste.table.SubscribedTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Makes the replay, in this or any other process, wait at a tick, and waits until it is there. Safe for use by several
 * threads.
 */
final class ReplayHold {
    private static final Duration POLL = Duration.ofMillis(10);

    private final Settings settings;
    private final Database provider;
    private final Database subscriber;
    private volatile boolean ended;

    ReplayHold(Settings settings, Database provider, Database subscriber) {
        this.settings = settings;
        this.provider = provider;
        this.subscriber = subscriber;
    }

    /** Fails if there is no running replay that could reach a tick. */
    void requireReplay() {
        if (subscriber.texts(ReplayLock.HOLDER, settings.consumerId()).isEmpty()) {
            throw new LondisteException("no replay of " + settings.jobName() + " runs; start it (londiste -d "
                    + settings.file() + " replay)");
        }
        boolean paused = !subscriber
                .texts(
                        "select 1 from londiste.completed where consumer_id = ? and error = ?",
                        settings.consumerId(),
                        SubscribedTables.PAUSED)
                .isEmpty();
        if (paused) {
            throw new LondisteException("the replay of " + settings.jobName()
                    + " is paused, so it would not reach the tick to compare; resume it where it was paused");
        }
    }

    /**
     * Waits until no other comparison holds the replay, however that has ended.
     *
     * @param end of the wait, in {@link System#nanoTime}
     */
    void awaitFree(long end) {
        while (subscriber
                        .texts("select londiste.get_barrier(?)", settings.consumerId())
                        .get(0)
                != null) {
            if (System.nanoTime() - end > 0) {
                throw new LondisteException("another comparison holds the replay of " + settings.jobName()
                        + ", for longer than " + seconds(settings.lockTimeout()) + " (lock_timeout); try again");
            }
            pause();
        }
    }

    /** Sets the barrier at the tick, visible to the replay at once; returns false if there is another barrier. */
    boolean hold(Connection connection, long tick) throws SQLException {
        return Jdbc.only(
                connection,
                "select londiste.set_barrier(?, ?, ? * interval '1 millisecond')",
                row -> row.getBoolean(1),
                settings.consumerId(),
                tick,
                settings.lockTimeout().toMillis());
    }

    /** Removes the barrier. */
    void release(long tick) {
        subscriber.texts("select londiste.lift_barrier(?, ?)", settings.consumerId(), tick);
    }

    /**
     * Waits until the replay is at the tick, for {@code lock_timeout} at most.
     *
     * @param transaction has begun with {@link SubscribedTables#keepRows}; sees the subscriber at the tick afterwards
     * @param force accept the subscriber as it is if the replay does not reach the tick in time
     * @return whether it is the tick
     */
    boolean await(long tick, boolean force, Connection transaction) throws SQLException {
        long end = System.nanoTime() + settings.lockTimeout().toNanos();
        while (true) {
            long position = position(transaction);
            boolean late = System.nanoTime() - end > 0;
            if (position == tick || force && (late || position > tick)) {
                return position == tick;
            }
            transaction.rollback();
            if (position > tick) {
                throw new LondisteException("the replay of " + settings.jobName() + " passed tick " + tick
                        + " without waiting there; does its route file have tickLimit: \"#barrier\"?");
            }
            if (late) {
                throw new LondisteException(lateness(tick, position));
            }
            pause();
            SnapshotTransaction.prepare(transaction);
            SubscribedTables.keepRows(transaction);
        }
    }

    /** Fails unless the replay is at the tick. */
    void requireAt(long tick, Connection transaction) throws SQLException {
        long position = position(transaction);
        if (position != tick) {
            throw new LondisteException("the replay of " + settings.jobName() + " has continued from tick " + tick
                    + " to " + position + "; try again");
        }
    }

    private long position(Connection connection) throws SQLException {
        return Jdbc.first(
                        connection,
                        "select last_tick_id from londiste.completed where consumer_id = ?",
                        row -> row.getLong(1),
                        settings.consumerId())
                .orElse(0L);
    }

    private String lateness(long tick, long position) {
        return provider.call(source -> {
            var pgq = new PgqClient(source);
            var here = pgq.tick(settings.queueName(), position);
            var there = pgq.tick(settings.queueName(), tick);
            var behind = here.isPresent() && there.isPresent()
                    ? ", "
                            + seconds(Duration.between(
                                    here.get().time(), there.get().time())) + " behind"
                    : "";
            return "the replay of " + settings.jobName() + " did not come to tick " + tick + " within "
                    + seconds(settings.lockTimeout()) + " (lock_timeout): it is at tick " + position + behind
                    + "; nothing is held up any more";
        });
    }

    private static String seconds(Duration time) {
        return time.toMillis() / 1000.0 + " s";
    }

    /** Ends all waiting permanently. */
    void end() {
        ended = true;
    }

    private void pause() {
        if (ended) {
            throw new LondisteException("ended while waiting for the replay");
        }
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LondisteException("interrupted while waiting for the replay", e);
        }
    }
}
