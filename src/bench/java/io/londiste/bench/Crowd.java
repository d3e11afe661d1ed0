package io.londiste.bench;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The cost of registered but inactive tables and consumers: the time to drain a backlog of twenty tables, and the
 * processor time of the replay under a light load, with many other tables and with many other consumers.
 *
 * @param tables number of tables in addition to the twenty
 * @param consumers number of consumers in addition to the replay
 */
record Crowd(int tables, int consumers) implements Scenario {
    private static final int ACTIVE = 20;
    private static final int TRANSACTIONS = 100_000;
    private static final int LIGHT = 1_000;

    private static final String TABLES = """
            do $$ begin
              for n in 1 .. %d loop
                execute format('create table t%%s (id int primary key, a int not null, b text not null)', n);
              end loop;
            end $$;
            create table done (id int primary key);
            """;

    private static final String LOAD = """
            create procedure load(first int, transactions int, pause float) language plpgsql as $$
            begin
              for t in first .. first + transactions - 1 loop
                for k in 0 .. 3 loop
                  execute format('insert into t%s values ($1, $2, $3) on conflict (id) do update set a = excluded.a',
                                 1 + (t * 7 + k * 3) % 20) using (t / 3) % 5000, t, 'row of ' || t;
                end loop;
                commit;
                perform pg_sleep(pause);
              end loop;
            end
            $$
            """;

    @Override
    public void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException {
        if (tables > 0) {
            measure(lab, figures, tables, 0, tables + ACTIVE + " tables");
        }
        if (consumers > 0) {
            measure(lab, figures, 0, consumers, consumers + 1 + " consumers");
        }
        measure(lab, figures, 0, 0, ACTIVE + " tables, 1 consumer");
    }

    private static void measure(Lab lab, Figures figures, int more, int others, String who) throws IOException {
        try (var pair = lab.pair();
                var ours = new Ours(pair)) {
            pair.create(TABLES.formatted(ACTIVE + more));
            pair.provider().sql(LOAD);
            ours.capture();
            ours.start();
            ours.londiste("subscriber", "add", "--all", "--expect-sync");
            IntStream.range(0, others)
                    .forEach(n -> pair.provider().sql("select pgq.register_consumer('bench', 'other" + n + "')"));
            pair.provider().sql("call load(1, 2000, 0)");
            pair.mark(1);
            pair.awaitMark(1);

            double before = ours.replay().cpuSeconds();
            pair.provider().sql("call load(2001, " + LIGHT + ", 0.005)");
            pair.mark(2);
            pair.awaitMark(2);
            figures.add(
                    "light load, ms of replay's processor time a transaction",
                    who,
                    (ours.replay().cpuSeconds() - before) * 1000 / LIGHT);

            ours.halt();
            pair.provider().sql("call load(4001, " + TRANSACTIONS + ", 0)");
            pair.mark(3);
            pair.settle();
            long begun = System.nanoTime();
            ours.resume();
            pair.awaitMark(3);
            figures.add("drain of twenty tables, s", who, (System.nanoTime() - begun) / 1e9);
            pair.check();
        }
    }
}
