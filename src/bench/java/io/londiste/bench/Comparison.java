package io.londiste.bench;

import io.londiste.test.Db;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * How long it takes to compare a large table, and to repair one hundred rows of it; beside one query a side, both at the
 * same time, that digests all rows.
 *
 * @param rows of the table
 */
record Comparison(int rows) implements Scenario {
    private static final String DIGEST = "select count(*), sum(hashtextextended(t::text, 0)) from item t";

    @Override
    public void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException {
        var size = String.format(Locale.ROOT, "%,d rows", rows);
        var title = Peer.Kind.OURS.title();
        try (var pair = lab.pair();
                var ours = new Ours(pair)) {
            pair.create(
                    "create table item (id int primary key, name text, price numeric(10,2), stock int, made timestamptz)");
            pair.provider()
                    .sql("insert into item select i, 'item ' || i, i % 1000 / 10.0, i, timestamptz '2026-01-01' + i"
                            + " * interval '1 s' from generate_series(1, " + rows + ") i");
            ours.capture();
            ours.start();
            ours.copy();
            for (var db : new Db[] {pair.provider(), pair.subscriber()}) {
                db.rows("vacuum analyze item");
            }
            pair.settle();
            digest(pair);

            double compare = seconds(() -> ours.londiste("compare"));
            figures.add("compare of " + size + ", s", title, compare);
            figures.add("compare of " + size + ", s", "one digest a side", seconds(() -> digest(pair)));
            pair.subscriber().sql("update item set stock = -1 where id % " + rows / 100 + " = 7");
            figures.add("repair of 100 of " + size + ", s", title, seconds(() -> ours.londiste("repair", "--apply")));
            figures.add("repair of 100 of " + size + ", s", "compare", compare);
            pair.check();
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
