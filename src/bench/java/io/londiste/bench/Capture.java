package io.londiste.bench;

import io.londiste.test.Db;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The time that capture adds to a statement per row, compared with the same statements on a table that is not captured.
 * The peer is the C trigger of the original PgQ.
 *
 * @param single number of statements of each kind that change one row
 * @param bulk number of rows of a statement that changes many
 */
record Capture(int single, int bulk) implements Scenario {
    private static final String TABLE =
            "create table item (id int primary key, name text, price numeric(10,2)," + " stock int, made timestamptz)";

    private static final String ROW = "'item ' || i, i % 1000 / 10.0, i, timestamptz '2026-01-01' + i * interval '1 s'";

    private static final Path EXTENSION = Path.of("/usr/share/postgresql/15/extension/pgq.control");

    /** Prepares a database to capture the table. */
    private interface Setup {
        void install(Pair pair) throws IOException;
    }

    @Override
    public void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException {
        var systems = new LinkedHashMap<String, Setup>();
        systems.put("camel-londiste", pair -> new Ours(pair).install());
        if (Files.exists(EXTENSION)) {
            systems.put("PgQ's C jsontriga", Capture::jsontriga);
        }
        var plain = measure(lab, pair -> {});
        for (var system : systems.entrySet()) {
            measure(lab, system.getValue())
                    .forEach((what, micros) ->
                            figures.add("capture, " + what + ", µs a row", system.getKey(), micros - plain.get(what)));
        }
    }

    private static void jsontriga(Pair pair) {
        pair.provider().sql("create extension pgq; select pgq.create_queue('bench')");
        pair.provider()
                .sql("create trigger capture after insert or update or delete on item for each row"
                        + " execute procedure pgq.jsontriga('bench')");
    }

    private Map<String, Double> measure(Lab lab, Setup setup) throws IOException {
        try (var pair = lab.pair()) {
            pair.create(TABLE);
            setup.install(pair);
            var db = pair.provider();
            changeEachRow(db, 1, single / 10);
            pair.settle();
            double one = changeEachRow(db, 1, single);
            pair.settle();
            double many = micros(db, "insert into item select i, " + ROW + " from generate_series(1, " + bulk + ") i")
                    + micros(db, "update item set stock = stock + 1")
                    + micros(db, "delete from item");
            return Map.of("single rows", one / (3 * single), "statements of " + bulk, many / (3 * bulk));
        }
    }

    private double changeEachRow(Db db, int first, int rows) {
        var last = first + rows - 1;
        return micros(
                db,
                "do $$ begin for i in %d .. %d loop insert into item values (i, %s); end loop; end $$;"
                                .formatted(first, last, ROW)
                        + "do $$ begin for i in %d .. %d loop update item set stock = stock + 1 where id = i; end loop; end $$;"
                                .formatted(first, last)
                        + "do $$ begin for i in %d .. %d loop delete from item where id = i; end loop; end $$"
                                .formatted(first, last));
    }

    private static double micros(Db db, String sql) {
        long begun = System.nanoTime();
        db.sql(sql);
        return (System.nanoTime() - begun) / 1e3;
    }
}
