package io.londiste.bench;

import io.londiste.test.Db;
import io.londiste.test.TcpProxy;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * Lag and drain when one server is far from the replay: a proxy adds a delay in each direction to the replay's connections
 * to that server, and does not limit the throughput. Clients and the ticker are near their servers. A native
 * subscription runs on the subscriber, so for that system only the provider can be far.
 *
 * @param provider whether the provider is far, otherwise the subscriber
 * @param millis the delay one way; 0: all are near
 */
record Far(boolean provider, int millis) implements Scenario {
    private static final long NANOS = 1_000_000_000L;
    private static final int SINGLE_CHANGES = 40;
    private static final Duration QUIET = Duration.ofMillis(200);
    private static final int CLIENTS = 4;
    private static final int PER_SECOND = 300;
    private static final int SECONDS = 10;

    /** Periods of {@link #SECONDS} seconds under load before the measurement, since a JVM compiles its code while it runs. */
    private static final int WARM_UPS = 2;

    private static final int DRAINED = 20_000;

    @Override
    public void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException {
        for (var kind : peers) {
            if (kind == Peer.Kind.OURS || kind == Peer.Kind.NATIVE && (provider || millis == 0)) {
                run(lab, kind, figures);
            }
        }
    }

    private void run(Lab lab, Peer.Kind kind, Figures figures) throws IOException {
        String place = millis == 0 ? "near" : (provider ? "provider " : "subscriber ") + millis + " ms away";
        try (var pair = lab.pair();
                var proxy = proxy(provider ? pair.provider() : pair.subscriber());
                var peer = kind.on(far(pair, proxy))) {
            pair.create(Pair.script("acc"));
            pair.provider().sql(Pair.script("acc-fill"));
            peer.capture();
            peer.start();
            peer.copy();
            pair.provider().sql("call load(1, 2000)");
            pair.mark(1);
            pair.awaitMark(1);

            var first = lagsUnderLoad(pair, 0);
            figures.add(place + ": lag in the first 10 s at 300 tx/s, median, ms", kind.title(), percentile(first, 50));
            for (int warmUp = 1; warmUp < WARM_UPS; warmUp++) {
                lagsUnderLoad(pair, warmUp);
            }
            var lags = lagsAfterQuiet(pair);
            figures.add(place + ": lag after 0.2 s of quiet, median, ms", kind.title(), percentile(lags, 50));
            double cpu = peer instanceof Ours ours ? ours.replay().cpuSeconds() : 0;
            long batches = peer instanceof Ours ? lastTick(pair) : 0;
            lags = lagsUnderLoad(pair, WARM_UPS);
            if (peer instanceof Ours ours) {
                figures.add(
                        place + ": processor time of the replay's process for a batch at 300 tx/s, ms",
                        kind.title(),
                        (ours.replay().cpuSeconds() - cpu) * 1000 / (lastTick(pair) - batches));
            }
            figures.add(place + ": lag at 300 tx/s of 4 statements, median, ms", kind.title(), percentile(lags, 50));
            figures.add(place + ": lag at 300 tx/s of 4 statements, p99, ms", kind.title(), percentile(lags, 99));

            peer.halt();
            pair.provider().sql("call load(100000, " + DRAINED + ")");
            pair.mark(2);
            pair.settle();
            long begun = System.nanoTime();
            peer.resume();
            pair.awaitMark(2);
            figures.add(place + ": drain of 20,000 tx, s", kind.title(), (System.nanoTime() - begun) / 1e9);
            pair.check();
        }
    }

    /** Under this load, each tick ends a batch unless the replay is behind. */
    private static long lastTick(Pair pair) {
        return pair.provider().number("select max(tick_id) from pgq.tick");
    }

    private TcpProxy proxy(Db db) throws IOException {
        var proxy = new TcpProxy(db.host(), db.port());
        proxy.delay(Duration.ofMillis(millis));
        return proxy;
    }

    private Pair far(Pair pair, TcpProxy proxy) {
        if (millis == 0) {
            return pair;
        }
        return provider ? pair.withProviderBehind(proxy) : pair.withSubscriberBehind(proxy);
    }

    /** The lag of single changes in nanoseconds, each written after a pause. */
    private static long[] lagsAfterQuiet(Pair pair) {
        var lags = new long[SINGLE_CHANGES];
        try (var writer = pair.provider().connect();
                var reader = pair.subscriber().connect()) {
            int last = newest(writer);
            for (int i = 0; i < lags.length; i++) {
                Until.passed(QUIET);
                int id = last + i + 1;
                write(writer, "insert into beat values (" + id + ")");
                lags[i] = -System.nanoTime();
                Until.holds(() -> newest(reader) >= id);
                lags[i] += System.nanoTime();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return lags;
    }

    /**
     * The lags in nanoseconds of one client's transactions, while three others write as many.
     *
     * @param period counts the calls, from 0
     */
    private static long[] lagsUnderLoad(Pair pair, int period) {
        int each = PER_SECOND * SECONDS / CLIENTS;
        var clients = new CompletableFuture<?>[CLIENTS];
        var committed = new long[each];
        int last;
        try (var connection = pair.provider().connect()) {
            last = newest(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        long begun = System.nanoTime();
        for (int client = 0; client < CLIENTS; client++) {
            int nr = client;
            clients[client] = CompletableFuture.runAsync(
                    () -> load(pair.provider(), nr, period, last, begun, nr == 0 ? committed : new long[each]));
        }
        var seen = new long[each];
        try (var reader = pair.subscriber().connect()) {
            for (int until = 0; until < each; ) {
                int id = newest(reader) - last;
                long now = System.nanoTime();
                for (; until < id; until++) {
                    seen[until] = now;
                }
                LockSupport.parkNanos(NANOS / 2000);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        CompletableFuture.allOf(clients).join();
        for (int i = 0; i < each; i++) {
            seen[i] = Math.max(0, seen[i] - committed[i]);
        }
        return seen;
    }

    private static void load(Db db, int client, int period, int last, long begun, long[] committed) {
        try (var connection = db.connect()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < committed.length; i++) {
                LockSupport.parkNanos(begun + (i * (long) CLIENTS + client) * NANOS / PER_SECOND - System.nanoTime());
                int t = (period * committed.length + i) * CLIENTS + client;
                write(connection, "update acc set balance = balance + 1 where id = " + (1 + t * 7919L % 300_000));
                write(connection, "update acc set note = 'n" + t + "' where id = " + (1 + t * 104_729L % 300_000));
                write(connection, "insert into acc values (" + (10_000_000 + t) + ", 1, null, now())");
                write(
                        connection,
                        client == 0
                                ? "insert into beat values (" + (last + i + 1) + ")"
                                : "delete from acc where id = " + (10_000_000 + t - 400) + " and " + t % 3 + " = 0");
                connection.commit();
                committed[i] = System.nanoTime();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(Connection connection, String statement) throws SQLException {
        try (var write = connection.createStatement()) {
            write.executeUpdate(statement);
        }
    }

    private static int newest(Connection connection) throws SQLException {
        try (var query = connection.prepareStatement("select coalesce(max(id), 0) from beat");
                var row = query.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    private static double percentile(long[] lags, int percent) {
        Arrays.sort(lags);
        return lags[Math.min(lags.length - 1, lags.length * percent / 100)] / 1e6;
    }
}
