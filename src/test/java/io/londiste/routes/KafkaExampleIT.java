package io.londiste.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.londiste.app.Application;
import io.londiste.pgq.JsonText;
import io.londiste.pgq.PgqClient;
import io.londiste.routes.KafkaBroker.Stored;
import io.londiste.schema.Installer;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The example that sends changes to Kafka, with a broker that is killed meanwhile, and writes them into another database. */
@ExtendWith(PostgresPair.class)
class KafkaExampleIT {
    private static final Pattern EVENT = Pattern.compile("(?:^|,)event:(\\d+)");

    private static final String TABLES = "create table customer (id int primary key, country text);"
            + "create table orders (id int, line int, what text, tags jsonb, primary key (id, line))";

    private static final String ROLLBACKS =
            "select xact_rollback from pg_stat_database where datname = current_database()";

    @TempDir
    private Path directory;

    private PgqClient pgq;

    private void awaitSent() throws Exception {
        long tick = pgq.tickNow("changes");
        await("sent").until(() -> pgq.position("changes", "kafka").orElse(0L) >= tick);
    }

    private static long event(Stored stored) {
        var event = EVENT.matcher(stored.headers());
        assertThat(event.find()).as(stored.headers()).isTrue();
        return Long.parseLong(event.group(1));
    }

    /** What a reader has that keeps the last record of each key. */
    private static List<String> last(List<Stored> records) {
        var last = new HashMap<String, String>();
        records.forEach(each -> last.put(each.key(), each.value()));
        return last.values().stream()
                .filter(Objects::nonNull)
                .map(value -> JsonText.of(JsonText.object(value).get("after")))
                .toList();
    }

    private static Application applier(Db warehouse, String name, Example example, KafkaBroker broker)
            throws IOException {
        var applier = Application.ticker(example.settings(
                "applier.ini", Map.of("db", warehouse.libpq(), "job_name", name, "route.brokers", broker.address())));
        applier.start();
        return applier;
    }

    private static void awaitApplied(Db db, Db warehouse) {
        for (var table : List.of("customer", "orders")) {
            var rows = "select t::text from " + table + " t order by 1";
            await(table).until(() -> warehouse.rows(rows), db.rows(rows)::equals);
        }
    }

    private static List<String> problems(Application... appliers) {
        return Arrays.stream(appliers)
                .flatMap(applier -> applier.routeProblems().stream())
                .toList();
    }

    /** Two processes write the records into another database, then one of them alone. */
    private static void appliersDivideTheRecords(Db db, Db warehouse, Example example, KafkaBroker broker)
            throws IOException {
        new Installer(warehouse.dataSource()).installPgq();
        warehouse.sql(TABLES.replace(", country text", ""));
        warehouse.sql(Files.readString(example.directory().resolve("apply.sql")));
        assertThatThrownBy(
                        () -> warehouse.sql(
                                "select apply_record('public.orders', '{}', '{\"operation\": \"TRUNCATE\", \"after\": null}', true)"))
                .hasMessageContaining("table orders was truncated on the provider");
        long before = warehouse.number(ROLLBACKS);
        try (var one = applier(warehouse, "one", example, broker);
                var two = applier(warehouse, "two", example, broker)) {
            await("a record that cannot be written").until(() -> warehouse.number(ROLLBACKS) > before);
            await("its process says so").until(() -> !problems(one, two).isEmpty());
            assertThat(problems(one, two)).allSatisfy(problem -> assertThat(problem)
                    .startsWith("route apply has failed several times in a row, and reads no further: ")
                    .contains("column \"country\" of relation \"customer\" does not exist"));
            warehouse.sql("alter table customer add country text");
            awaitApplied(db, warehouse);
            await("no problem any more").until(() -> problems(one, two).isEmpty());
            one.stop();
            db.sql("update customer set country = 'DK' where id > 6; delete from orders where line = 2");
            awaitApplied(db, warehouse);
            assertThat(two.routeProblems()).isEmpty();
        }
    }

    @Test
    void theLastRecordsOfAllKeysAreTheTableAndThoseOfAKeyAreInOrder(@Provider Db db, @Subscriber Db warehouse)
            throws Exception {
        new Installer(db.dataSource()).installPgq();
        new Installer(db.dataSource()).installLondisteProvider();
        pgq = new PgqClient(db.dataSource());
        pgq.createQueue("changes");
        pgq.configure("changes", "ticker_max_lag", "20 ms");
        db.sql(TABLES);
        db.sql("select londiste.provider_add_table('changes', 'customer')");
        db.sql("create trigger orders_to_queue after insert or update or delete on orders"
                + " for each row execute function pgq.jsontriga('changes', 'backup')");
        var example = Example.copy("kafka", directory);
        try (var broker = new KafkaBroker(directory.resolve("broker"))) {
            broker.start();
            var settings = example.settings(
                    Map.of("db", db.libpq(), "route.brokers", broker.address(), "route.prefix", "shop."));
            try (var ticker = Application.ticker(settings)) {
                ticker.start();
                await().until(() -> pgq.position("changes", "kafka").isPresent());
                db.sql("insert into customer select i, 'EE' from generate_series(1, 20) i;"
                        + "insert into orders values (1, 1, 'a book', '{\"n\": [1]}'), (1, 2, 'a pen', '\"x\"')");
                db.sql("update customer set country = 'FI' where id < 10; update customer set id = 101 where id = 1;"
                        + "delete from customer where id = 2; update orders set line = 3 where line = 1");
                awaitSent();

                broker.kill();
                for (var country : List.of("LV", "LT", "SE")) {
                    db.sql("update customer set country = '" + country + "'");
                }
                db.sql("delete from customer where id between 3 and 5; insert into customer values (1, 'NO')");
                broker.start();
                awaitSent();
                appliersDivideTheRecords(db, warehouse, example, broker);
            }
            var customers = broker.records("shop.public.customer");
            var orders = broker.records("shop.public.orders");

            assertThat(last(customers))
                    .containsExactlyInAnyOrderElementsOf(db.rows("select row_to_json(c) from customer c"));
            assertThat(last(orders))
                    .containsExactlyInAnyOrderElementsOf(db.rows(
                            "select row_to_json(o) from (select id, line, what, tags::text as tags from orders) o"));
            assertThat(customers).extracting(Stored::partition).contains("Partition:0", "Partition:1", "Partition:2");
            assertThat(customers.stream().collect(Collectors.groupingBy(Stored::key)))
                    .hasSize(21)
                    .allSatisfy((key, records) -> {
                        assertThat(records)
                                .extracting(Stored::partition)
                                .containsOnly(records.get(0).partition());
                        assertThat(records.stream().map(KafkaExampleIT::event).distinct())
                                .isSorted();
                    });
            assertThat(customers)
                    .filteredOn(each -> each.key().equals("{\"id\":2}"))
                    .last()
                    .satisfies(each -> {
                        assertThat(each.headers()).contains("operation:DELETE");
                        assertThat(each.value()).isNull();
                    });
        }
    }
}
