package io.londiste.bench;

import java.io.IOException;
import java.util.List;

/**
 * How long it takes to apply a backlog. The systems are already running and have applied a tenth of the load before.
 *
 * @param tables the resource with the tables; the one with suffix {@code -fill} has their rows and the procedure {@code load}
 * @param transactions number of transactions
 */
record Drain(String tables, int transactions) implements Scenario {
    @Override
    public void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException {
        for (var kind : peers) {
            try (var pair = lab.pair();
                    var peer = kind.on(pair)) {
                figures.add("drain " + tables + ", s", kind.title(), drain(pair, peer));
            }
        }
    }

    double drain(Pair pair, Peer peer) throws IOException {
        pair.create(Pair.script(tables));
        pair.provider().sql(Pair.script(tables + "-fill"));
        peer.capture();
        peer.start();
        peer.copy();
        pair.provider().sql("call load(1, " + transactions / 10 + ")");
        pair.mark(1);
        pair.awaitMark(1);

        peer.halt();
        pair.provider().sql("call load(" + (1 + transactions / 10) + ", " + transactions + ")");
        pair.mark(2);
        pair.settle();
        long begun = System.nanoTime();
        peer.resume();
        pair.awaitMark(2);
        double seconds = (System.nanoTime() - begun) / 1e9;
        pair.check();
        return seconds;
    }
}
