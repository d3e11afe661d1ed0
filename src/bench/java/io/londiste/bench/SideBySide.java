package io.londiste.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The time to drain a backlog of fifty tables, with all tables in one job, and with the tables split over several jobs, each
 * with its own queue and replay, on the same two servers.
 *
 * @param jobs number of jobs to compare with one
 */
record SideBySide(int jobs) implements Scenario {
    private static final int TABLES = 50;
    private static final int TRANSACTIONS = 40_000;

    @Override
    public void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException {
        for (int count : new int[] {jobs, 1}) {
            figures.add("drain of fifty tables, s", count == 1 ? "1 job" : count + " jobs", drain(lab, count));
        }
    }

    private static double drain(Lab lab, int count) throws IOException {
        var running = new ArrayList<Ours>();
        try (var pair = lab.pair()) {
            try {
                pair.create(Pair.script("fifty"));
                pair.provider().sql(Pair.script("fifty-fill"));
                for (int job = 0; job < count; job++) {
                    var ours = new Ours(pair, "job" + job, "");
                    running.add(ours);
                    ours.capture(tables(job, count));
                    if (job == 0) {
                        ours.tick();
                    }
                    ours.start();
                    ours.londiste("subscriber", "add", "--all", "--wait");
                }
                pair.provider().sql("call load(1, " + TRANSACTIONS / 10 + ")");
                mark(pair, count, 1);
                awaitMark(pair, count, 1);

                for (var ours : running) {
                    ours.halt();
                }
                pair.provider().sql("call load(" + (1 + TRANSACTIONS / 10) + ", " + TRANSACTIONS + ")");
                mark(pair, count, 2);
                pair.settle();
                long begun = System.nanoTime();
                for (var ours : running) {
                    ours.resume();
                }
                awaitMark(pair, count, 2);
                double seconds = (System.nanoTime() - begun) / 1e9;
                pair.check();
                return seconds;
            } finally {
                for (var ours : running) {
                    ours.close();
                }
            }
        }
    }

    /** The tables of a job. */
    private static String[] tables(int job, int count) {
        return IntStream.rangeClosed(1, TABLES)
                .filter(n -> n % count == job)
                .mapToObj(n -> "t" + n)
                .toArray(String[]::new);
    }

    /** Writes a row into a table of each job, which is replicated after everything that was written before. */
    private static void mark(Pair pair, int count, int number) {
        for (int table = 1; table <= count; table++) {
            pair.provider().sql("insert into t" + table + " values (" + (1_000_000 + number) + ", 0, 'mark', 0)");
        }
    }

    private static void awaitMark(Pair pair, int count, int number) {
        var arrived = IntStream.rangeClosed(1, count)
                .mapToObj(table -> "exists (select from t" + table + " where id = " + (1_000_000 + number) + ")")
                .collect(Collectors.joining(" and ", "select (", ")::integer"));
        Until.holds(() -> pair.subscriber().number(arrived) == 1);
    }
}
