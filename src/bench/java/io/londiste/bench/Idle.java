package io.londiste.bench;

import io.londiste.test.Db;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The processor time and the statements of an idle ticker and replay.
 *
 * @param seconds duration of the measurement
 */
record Idle(int seconds) implements Scenario {
    /** After this time the ticker waits for as long as it ever does; the JIT compiler is still active occasionally. */
    private static final Duration SETTLING = Duration.ofMinutes(2);

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
            Until.passed(SETTLING);
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
