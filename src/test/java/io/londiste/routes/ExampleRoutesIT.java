package io.londiste.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.app.Application;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.pgq.Event;
import io.londiste.pgq.PgqClient;
import io.londiste.schema.Installer;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The examples that a ticker runs, with their INI files. */
@ExtendWith(PostgresPair.class)
class ExampleRoutesIT {
    @TempDir
    private Path directory;

    /** The example's INI file with other databases, and with other columns where it names them. */
    private Settings settings(String example, Db db, Db target) throws IOException {
        var written = Files.readString(Path.of("examples", example, "ticker.ini"));
        var adapted = written.replaceAll("(?m)^db = .*", "db = " + db.libpq())
                .replaceAll("(?m)^routes = ", "routes = " + Path.of("").toAbsolutePath() + "/")
                .replaceAll("(?m)^route.target = .*", "route.target = " + target.url())
                .replaceAll("(?m)^route.fields = .*", "route.fields = id, at, page:url, client");
        return Settings.load(Files.writeString(directory.resolve("ticker.ini"), adapted), Section.PGQADM);
    }

    private static PgqClient pgq(Db db, String... queues) throws Exception {
        new Installer(db.dataSource()).installPgq();
        var pgq = new PgqClient(db.dataSource());
        for (var queue : queues) {
            pgq.createQueue(queue);
            pgq.configure(queue, "ticker_max_lag", "20 ms");
        }
        return pgq;
    }

    /** Runs the example until a batch is processed and its ticker is stopped before it can finish the batch, which comes again then. */
    @SuppressWarnings("try")
    private static void deliverAgain(Settings settings, Db db, Runnable processed) throws Exception {
        db.sql("alter function pgq.finish_batch(bigint) rename to not_now");
        try (var ticker = Application.ticker(settings)) {
            ticker.start();
            processed.run();
        }
        db.sql("alter function pgq.not_now(bigint) rename to finish_batch");
    }

    private static List<String> events(Db db, String queue) {
        return db.rows("select ev_type, ev_data, ev_extra1, ev_extra4 from "
                + db.sql("select pgq.current_event_table(?)", queue) + " order by ev_id");
    }

    @Test
    void theQueueMoverMovesEventsIntoAnotherDatabase(@Provider Db db, @Subscriber Db target) throws Exception {
        var source = pgq(db, "orders");
        pgq(target, "shop_orders");
        try (var ticker = Application.ticker(settings("queue-mover", db, target))) {
            ticker.start();
            await().until(() -> source.position("orders", "queue-mover").isPresent());

            source.insert("orders", List.of(Event.of("new", "1", "a", null, null, "d"), Event.of("paid", "2")));

            await().until(() -> !events(target, "shop_orders").isEmpty());
            assertThat(events(target, "shop_orders")).containsExactly("new|1|a|d", "paid|2|null|null");
            assertThat(target.number("select count(distinct ev_txid) from "
                            + target.sql("select pgq.current_event_table('shop_orders')")))
                    .isEqualTo(1);
        }
    }

    @Test
    void theQueueSplitterDistributesEventsAndParksThoseWithoutAQueue(@Provider Db db, @Subscriber Db unused)
            throws Exception {
        var pgq = pgq(db, "changes", "public.item", "public.customer");
        try (var ticker = Application.ticker(settings("queue-splitter", db, unused))) {
            ticker.start();
            await().until(() -> pgq.position("changes", "queue-splitter").isPresent());

            pgq.insert(
                    "changes",
                    List.of(
                            Event.of("I", "1", "public.item", null, null, null),
                            Event.of("U", "2", "public.unknown", null, null, null),
                            Event.of("D", "3", "public.customer", null, null, null)));

            await().until(() -> !events(db, "public.customer").isEmpty());
            assertThat(events(db, "public.item")).containsExactly("I|1|public.item|null");
            assertThat(events(db, "public.customer")).containsExactly("D|3|public.customer|null");
            assertThat(db.rows("select ev_data, ev_extra1, ev_retry_after from pgq.retry_queue"))
                    .containsExactly("2|public.unknown|infinity");
        }
    }

    @Test
    @SuppressWarnings("try")
    void theBulkLoaderLoadsWhatABatchLeavesOfEachRowOnceAndAsAWhole(@Provider Db db, @Subscriber Db target)
            throws Exception {
        var tables = "create table \"Order\" (id int primary key, what text not null, price numeric, more jsonb);"
                + "create table customer (country text, id int, name text, primary key (country, id));";
        var pgq = pgq(db, "changes");
        db.sql(tables);
        for (var table : List.of("\"Order\"", "customer")) {
            db.sql("create trigger to_queue after insert or update or delete on " + table
                    + " for each row execute function pgq.jsontriga('changes');"
                    + "create trigger emptied after truncate on " + table
                    + " for each statement execute function pgq.jsontriga('changes')");
        }
        target.sql(Files.readString(Path.of("examples/bulk-loader/bulk_loader.sql")));
        target.sql(tables + "alter table \"Order\" rename to \"shop's orders\"; insert into bulk_loader.tables values"
                + " ('public.Order', '\"shop''s orders\"'), ('public.customer', 'customer')");
        pgq.registerConsumer("changes", "bulk-loader");
        var settings = settings("bulk-loader", db, target);

        db.sql(
                "insert into \"Order\" select i, 'book ' || i, i / 100.0 from generate_series(1, 300) i;"
                        + "update \"Order\" set price = null where id % 2 = 0; update \"Order\" set id = -id where id > 290;"
                        + "delete from \"Order\" where id between 10 and 20; insert into \"Order\" values (15, 'again', 1.10, '{\"n\": [1, \"x\"]}'), (16, 'text', 2, '\"{}\"');"
                        + "insert into customer values ('EE', 1, 'Ann'), ('FI', 1, 'Bo'); delete from customer where country = 'FI'");
        pgq.tickNow("changes");
        deliverAgain(settings, db, () -> awaitEqual(db, target));
        assertThat(target.rows("select distinct xmin::text from (select xmin from \"shop's orders\""
                        + " union all select xmin from customer) as loaded"))
                .as("transactions")
                .hasSize(1);
        target.sql("update customer set name = 'not loaded again'");

        try (var ticker = Application.ticker(settings)) {
            ticker.start();
            db.sql("update \"Order\" set what = 'all'");
            await().until(() -> target.number("select count(*) from \"shop's orders\" where what <> 'all'") == 0);
            assertThat(target.rows("select name from customer")).containsExactly("not loaded again");

            db.sql(
                    "insert into customer values ('LV', 1, 'x'); truncate customer; insert into customer values ('LV', 2, 'y')");
            awaitEqual(db, target);
            assertThat(target.number("select count(*) from bulk_loader.staged")).isZero();
        }
    }

    private static void awaitEqual(Db db, Db target) {
        await().untilAsserted(() -> {
            assertThat(target.rows("select * from \"shop's orders\" order by id"))
                    .isEqualTo(db.rows("select * from \"Order\" order by id"));
            assertThat(target.rows("select * from customer order by country, id"))
                    .isEqualTo(db.rows("select * from customer order by country, id"));
        });
    }

    @Test
    @SuppressWarnings("try")
    void theTableDispatcherMakesPartitionsForNewRowsAndInsertsEachOnce(@Provider Db db, @Subscriber Db target)
            throws Exception {
        var pgq = pgq(db, "visits");
        db.sql("create table visit (id int primary key, at timestamptz, page text, client jsonb);"
                + "create trigger visit_to_queue after insert or update on visit"
                + " for each row execute function pgq.jsontriga('visits')");
        target.sql(Files.readString(Path.of("examples/table-dispatcher/table_dispatcher.sql")));
        target.sql(
                "create table visit (id int, at timestamptz not null, url text, client jsonb) partition by range (at);"
                        + "create index on visit (at)");
        pgq.registerConsumer("visits", "table-dispatcher");
        var settings = settings("table-dispatcher", db, target);

        db.sql(
                "insert into visit select i, timestamptz '2026-11-29 23:00+00' + i * interval '5 min', '/' || i, '[\"x\"]'"
                        + " from generate_series(1, 300) i; update visit set page = '/' where id = 7");
        pgq.tickNow("visits");
        deliverAgain(settings, db, () -> await().until(() -> target.number("select count(*) from visit") == 300));
        try (var ticker = Application.ticker(settings)) {
            ticker.start();
            db.sql("insert into visit values (301, '2026-12-01 00:01+00', '/301')");
            await().until(() -> target.number("select count(*) from visit where id = 301") == 1);
        }

        assertThat(
                        target.rows(
                                "select tableoid::regclass, count(*) from visit group by tableoid order by tableoid::regclass::text"))
                .containsExactly("visit_2026_11_29|11", "visit_2026_11_30|288", "visit_2026_12_01|2");
        assertThat(target.rows("select id, url, client from visit order by id"))
                .isEqualTo(db.rows("select id, '/' || id, client from visit order by id"));
    }
}
