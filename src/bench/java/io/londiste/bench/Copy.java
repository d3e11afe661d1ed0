package io.londiste.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * The time from adding a table until it is in sync. The systems are already running.
 *
 * @param rows number of rows of the table
 * @param indexed whether it has two indexes in addition to the key
 */
record Copy(int rows, boolean indexed) implements Scenario {
    @Override
    public void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException {
        var name = String.format(Locale.ROOT, "copy of %,d rows%s, s", rows, indexed ? " with two indexes" : "");
        for (var kind : peers) {
            try (var pair = lab.pair();
                    var peer = kind.on(pair)) {
                pair.create("create table item (id int primary key, name text, price numeric(10,2), stock int,"
                        + " made timestamptz); create table done (id int primary key)"
                        + (indexed ? "; create index on item (name); create index on item (made)" : ""));
                pair.provider()
                        .sql("insert into item select i, 'item ' || i, i % 1000 / 10.0, i, timestamptz '2026-01-01' + i"
                                + " * interval '1 s' from generate_series(1, " + rows + ") i; analyze item");
                peer.capture();
                peer.start();
                pair.settle();
                long begun = System.nanoTime();
                peer.copy();
                figures.add(name, kind.title(), (System.nanoTime() - begun) / 1e9);
                pair.mark(1);
                pair.awaitMark(1);
                pair.check();
            }
        }
    }
}
