package io.londiste.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Many tables with many foreign keys that are added at once, while another table is written: the time until all of them
 * are in sync, and until all foreign keys are restored, and the other table's lag meanwhile.
 *
 * @param tables number of tables that are added
 * @param keys number of their foreign keys, to other tables, which form cycles, and to themselves
 */
record Schema(int tables, int keys) implements Scenario {
    private static final String TITLE = "camel-londiste";
    private static final Duration INTERVAL = Duration.ofMillis(10);
    private static final Duration WARM_UP = Duration.ofSeconds(15);

    private static final String TABLES = """
            create table beat (id serial primary key, at timestamptz);
            create table done (id int primary key);
            do $$ begin
              for n in 0 .. %d loop
                execute format('create table t%%s (id int primary key, a int, b int, v text)', n);
              end loop;
            end $$;
            """;

    private static final String ROWS = """
            do $$ begin
              for n in 0 .. %d loop
                execute format('insert into t%%s select i, i, i, repeat(''x'', 50) from generate_series(1, 200) i', n);
              end loop;
            end $$;
            """;

    private static final String KEYS = """
            do $$ begin
              for k in 0 .. %2$d loop
                execute format('alter table t%%s add constraint key_%%s foreign key (%%s) references t%%s',
                               k %% %1$d, k, (array['a', 'b'])[1 + k / %1$d], (k * 7 + k / %1$d * 3) %% %1$d);
              end loop;
            end $$;
            """;

    /** How old the newest row is that has arrived; the servers have the same clock. */
    private static final String LAG =
            "select 1000 * extract(epoch from clock_timestamp() - at) from beat order by id desc limit 1";

    @Override
    public void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException {
        try (var pair = lab.pair();
                var ours = new Ours(pair)) {
            pair.create(TABLES.formatted(tables - 1));
            pair.provider().sql(ROWS.formatted(tables - 1));
            pair.subscriber().sql(KEYS.formatted(tables, keys - 1));
            ours.capture();
            ours.start();
            ours.londiste("subscriber", "add", "--wait", "beat", "done");
            var ended = new AtomicBoolean();
            var writing = CompletableFuture.runAsync(() -> write(pair, ended));
            Until.passed(WARM_UP);
            var lags = CompletableFuture.supplyAsync(() -> lags(pair, ended));

            long begun = System.nanoTime();
            ours.londiste("subscriber", "add", "--all", "--wait");
            figures.add(what("until ok, s"), TITLE, (System.nanoTime() - begun) / 1e9);
            Until.holds(() -> pair.subscriber()
                    .sql("select count(*) from pg_constraint where contype = 'f' and convalidated")
                    .equals(String.valueOf(keys)));
            figures.add(what("until restored, s"), TITLE, (System.nanoTime() - begun) / 1e9);
            ended.set(true);
            writing.join();
            var sorted = lags.join().stream().sorted().toList();
            figures.add(what("lag of another table, median, ms"), TITLE, sorted.get(sorted.size() / 2));
            figures.add(what("lag of another table, longest, ms"), TITLE, sorted.get(sorted.size() - 1));
            pair.mark(1);
            pair.awaitMark(1);
            pair.check();
        }
    }

    private String what(String figure) {
        return tables + " tables, " + keys + " foreign keys: " + figure;
    }

    private static void write(Pair pair, AtomicBoolean ended) {
        try (var connection = pair.provider().connect();
                var insert = connection.prepareStatement("insert into beat (at) values (clock_timestamp())")) {
            while (!ended.get()) {
                insert.executeUpdate();
                Until.passed(INTERVAL);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Double> lags(Pair pair, AtomicBoolean ended) {
        var lags = new ArrayList<Double>();
        try (var connection = pair.subscriber().connect();
                var newest = connection.prepareStatement(LAG)) {
            while (!ended.get()) {
                try (var row = newest.executeQuery()) {
                    row.next();
                    lags.add(row.getDouble(1));
                }
                Until.passed(INTERVAL);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return lags;
    }
}
