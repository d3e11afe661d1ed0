package io.londiste.bench;

import java.io.IOException;
import java.util.List;

/**
 * The effect of a small heap: a large backlog, applied by a replay with a small heap and by one with the default heap.
 *
 * @param rows number of rows in the backlog
 * @param transactions number of transactions with these rows
 */
record SmallHeap(int rows, int transactions) implements Scenario {
    private static final String SMALL = "-Xmx256m";

    @Override
    public void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException {
        var name = String.format(
                "backlog of %,d rows in %,d transaction%s, s", rows, transactions, transactions == 1 ? "" : "s");
        for (var heap : new String[] {SMALL, ""}) {
            try (var pair = lab.pair();
                    var ours = new Ours(pair, "bench", heap)) {
                pair.create("create table item (id int primary key, name text, price numeric(10,2), stock int,"
                        + " made timestamptz); create table done (id int primary key)");
                pair.provider().sql("""
                        create procedure load(transactions int, rows int) language plpgsql as $$
                        begin
                          for t in 0 .. transactions - 1 loop
                            insert into item select i, 'item ' || i, i % 1000 / 10.0, i, timestamptz '2026-01-01'
                              from generate_series(t * rows + 1, t * rows + rows) i;
                            commit;
                          end loop;
                        end
                        $$""");
                ours.capture();
                ours.start();
                ours.copy();
                ours.halt();
                pair.provider().sql("call load(" + transactions + ", " + rows / transactions + ")");
                pair.mark(1);
                pair.settle();
                long begun = System.nanoTime();
                ours.resume();
                pair.awaitMark(1);
                figures.add(name, heap.isEmpty() ? "default heap" : heap, (System.nanoTime() - begun) / 1e9);
                pair.check();
            }
        }
    }
}
