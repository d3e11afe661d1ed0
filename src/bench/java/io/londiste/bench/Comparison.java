package io.londiste.bench;

import io.londiste.test.Db;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * How long it takes to compare a large table, and to repair one hundred rows of it. The reference is one query on each
 * side that digests all rows, both at the same time.
 *
 * @param rows number of rows of the table
 */
record Comparison(int rows) implements Scenario {
    private static final String DIGEST = "select count(*), sum(hashtextextended(t::text, 0)) from item t";

    @Override
    public void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException {
        for (var kind : peers) {
            if (kind != Peer.Kind.NATIVE) {
                try (var pair = lab.pair();
                        var peer = kind.on(pair)) {
                    run(pair, peer, kind, figures);
                }
            }
        }
    }

    private void run(Pair pair, Peer peer, Peer.Kind kind, Figures figures) throws IOException {
        var compare = String.format(Locale.ROOT, "compare of %,d rows, s", rows);
        var repair = String.format(Locale.ROOT, "repair of 100 of %,d rows, s", rows);
        pair.create(
                "create table item (id int primary key, name text, price numeric(10,2), stock int, made timestamptz)");
        pair.provider()
                .sql("insert into item select i, 'item ' || i, i % 1000 / 10.0, i, timestamptz '2026-01-01' + i"
                        + " * interval '1 s' from generate_series(1, " + rows + ") i");
        peer.capture();
        peer.start();
        peer.copy();
        for (var db : new Db[] {pair.provider(), pair.subscriber()}) {
            db.rows("vacuum analyze item");
        }
        pair.settle();
        digest(pair);

        double comparing = seconds(() -> command(pair, peer, "compare"));
        figures.add(compare, kind.title(), comparing);
        // replica: Londiste 3 denies writes by other sessions
        pair.subscriber()
                .sql("set session_replication_role = replica; update item set stock = -1 where id % " + rows / 100
                        + " = 7");
        figures.add(repair, kind.title(), seconds(() -> command(pair, peer, "repair", "--apply")));
        pair.check();
        if (kind == Peer.Kind.OURS) {
            figures.add(compare, "one digest a side", seconds(() -> digest(pair)));
            figures.add(repair, "compare", comparing);
        }
    }

    private static void command(Pair pair, Peer peer, String... arguments) throws IOException {
        if (peer instanceof Ours ours) {
            ours.londiste(arguments);
        } else if (peer instanceof Londiste3 other) {
            other.londiste(Stream.concat(Stream.of("leaf.ini"), Arrays.stream(arguments))
                    .toArray(String[]::new));
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static double seconds(Work work) throws IOException {
        long begun = System.nanoTime();
        work.run();
        return (System.nanoTime() - begun) / 1e9;
    }

    private static void digest(Pair pair) {
        var there = CompletableFuture.runAsync(() -> pair.subscriber().sql(DIGEST));
        pair.provider().sql(DIGEST);
        there.join();
    }
}
