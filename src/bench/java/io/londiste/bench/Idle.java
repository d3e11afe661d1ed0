package io.londiste.bench;

import io.londiste.test.Db;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * What ticker and replay cost when nothing happens.
 *
 * @param seconds how long is looked
 */
record Idle(int seconds) implements Scenario {
    /** The ticker rests as long as it ever does by then; the compiler still works now and then, for many minutes. */
    private static final Duration CALM = Duration.ofMinutes(2);

    @Override
    public void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException {
        try (var pair = lab.pair();
                var ours = new Ours(pair)) {
            pair.create(Pair.script("mixed"));
            for (var db : new Db[] {pair.provider(), pair.subscriber()}) {
                db.sql("create extension pg_stat_statements");
            }
            ours.capture();
            ours.start();
            ours.copy();
            Until.passed(CALM);
            var before = new double[] {cpu(ours), calls(pair.provider()), calls(pair.subscriber())};
            Until.passed(Duration.ofSeconds(seconds));
            var title = Peer.Kind.OURS.title();
            figures.add(
                    "idle, processor time of ticker and replay, % of a core",
                    title, (cpu(ours) - before[0]) * 100 / seconds);
            figures.add(
                    "idle, statements a second on the provider", title, (calls(pair.provider()) - before[1]) / seconds);
            figures.add(
                    "idle, statements a second on the subscriber",
                    title,
                    (calls(pair.subscriber()) - before[2]) / seconds);
        }
    }

    private static double cpu(Ours ours) {
        return ours.replay().cpuSeconds() + ours.ticker().cpuSeconds();
    }

    private static double calls(Db db) {
        return db.number("select coalesce(sum(calls), 0)::bigint from pg_stat_statements"
                + " where dbid = (select oid from pg_database where datname = current_database())");
    }
}
