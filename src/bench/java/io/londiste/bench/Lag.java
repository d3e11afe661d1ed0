package io.londiste.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * The time from a commit on the provider until its row is visible on the subscriber, under a steady load. Polling for the
 * row adds about a millisecond for every system.
 *
 * @param perSecond transactions per second
 * @param seconds duration of the load
 */
record Lag(int perSecond, int seconds) implements Scenario {
    private static final long NANOS = 1_000_000_000L;
    /** Seconds of load before the measurement, because daemons usually have been running for months. */
    private static final int WARM_UP = 15;

    @Override
    public void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException {
        for (var kind : peers) {
            try (var pair = lab.pair();
                    var peer = kind.on(pair)) {
                pair.create(Pair.script("mixed") + "; create table beat (id int primary key, text text)");
                peer.capture();
                peer.start();
                peer.copy();
                beat(pair, 0, perSecond * WARM_UP);
                var lags = beat(pair, perSecond * WARM_UP, perSecond * seconds);
                Arrays.sort(lags);
                figures.add("lag, median, ms", kind.title(), lags[lags.length / 2] / 1e6);
                figures.add("lag, p99, ms", kind.title(), lags[lags.length * 99 / 100] / 1e6);
                pair.check();
            }
        }
    }

    /** Writes rows, numbered from {@code first + 1}, and returns the lag of each in nanoseconds. */
    private long[] beat(Pair pair, int first, int number) {
        var committed = new long[number];
        var writer = CompletableFuture.runAsync(() -> write(pair, first, committed));
        var seen = new long[number];
        try (var connection = pair.subscriber().connect();
                var last = connection.prepareStatement("select coalesce(max(id), 0) from beat")) {
            for (int until = 0; until < number; ) {
                try (var row = last.executeQuery()) {
                    row.next();
                    int id = row.getInt(1) - first;
                    long now = System.nanoTime();
                    for (; until < id; until++) {
                        seen[until] = now;
                    }
                }
                LockSupport.parkNanos(NANOS / 2000);
                if (writer.isCompletedExceptionally()) {
                    break;
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        writer.join();
        for (int i = 0; i < number; i++) {
            seen[i] = Math.max(0, seen[i] - committed[i]);
        }
        return seen;
    }

    private void write(Pair pair, int first, long[] committed) {
        try (var connection = pair.provider().connect();
                var insert = connection.prepareStatement("insert into beat values (?, 'beat')")) {
            long begun = System.nanoTime();
            for (int i = 0; i < committed.length; i++) {
                LockSupport.parkNanos(begun + i * NANOS / perSecond - System.nanoTime());
                insert.setInt(1, first + i + 1);
                insert.executeUpdate();
                committed[i] = System.nanoTime();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
