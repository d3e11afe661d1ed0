package io.londiste.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.londiste.app.Application;
import io.londiste.pgq.JsonText;
import io.londiste.pgq.PgqClient;
import io.londiste.schema.Installer;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The examples whose routes need more jars than the program has. */
@ExtendWith(PostgresPair.class)
class ExamplesWithJarsIT {
    @TempDir
    private Path directory;

    private Db db;
    private PgqClient pgq;

    @BeforeEach
    void queue(@Provider Db db) throws Exception {
        this.db = db;
        new Installer(db.dataSource()).installPgq();
        new Installer(db.dataSource()).installLondisteProvider();
        pgq = new PgqClient(db.dataSource());
        pgq.createQueue("changes");
        pgq.configure("changes", "ticker_max_lag", "20 ms");
        db.sql("create table orders (id int primary key, what text)");
        db.sql("create trigger orders_to_queue after insert or update or delete on orders"
                + " for each row execute function pgq.jsontriga('changes', 'backup')");
    }

    private Application started(Example example, Map<String, String> values) throws Exception {
        var ticker = Application.ticker(example.settings(values));
        ticker.start();
        await().until(() -> pgq.position("changes", example.name()).isPresent());
        return ticker;
    }

    private record Post(String key, String type, Map<String, Object> change) {
        private Object order() {
            return ((Map<?, ?>) change.get("key")).get("id");
        }
    }

    @Test
    @SuppressWarnings("try")
    void theWebhookSendsEachChangeAgainUntilItIsAcceptedOrParksIt() throws Exception {
        var example = Example.copy("webhook", directory);
        var posts = new ConcurrentLinkedQueue<Post>();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/changes", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var headers = exchange.getRequestHeaders();
            var post = new Post(
                    headers.getFirst("Idempotency-Key"), headers.getFirst("Content-Type"), JsonText.object(body));
            boolean again = posts.stream().anyMatch(known -> known.key.equals(post.key));
            posts.add(post);
            int order = ((Number) post.order()).intValue();
            exchange.sendResponseHeaders(order == 3 || order == 2 && !again ? 500 : 204, -1);
            exchange.close();
        });
        server.start();
        try (var ticker = started(
                example,
                Map.of(
                        "db",
                        db.libpq(),
                        "route.url",
                        "http://127.0.0.1:" + server.getAddress().getPort() + "/changes",
                        "route.retries",
                        "2",
                        "route.retry_delay",
                        "1s"))) {
            db.sql("insert into orders values (1, 'a book'), (2, 'a pen'), (3, 'ink')");

            await().until(() ->
                    db.number("select count(*) from pgq.retry_queue where ev_retry_after = 'infinity'") == 1);
            await().until(() -> posts.size() == 1 + 2 + 3);
            assertThat(posts).extracting(post -> post.order().toString()).containsOnlyOnce("1");
            assertThat(posts.stream().filter(post -> post.order().toString().equals("2")))
                    .hasSize(2)
                    .extracting(Post::key)
                    .containsOnly(posts.stream()
                            .filter(post -> post.order().toString().equals("2"))
                            .findFirst()
                            .orElseThrow()
                            .key());
            assertThat(posts).extracting(Post::key).allMatch(key -> key.matches("changes-\\d+"));
            assertThat(posts).extracting(Post::type).allMatch(type -> type.startsWith("application/json"));
            var first = posts.element().change;
            assertThat(first).containsEntry("operation", "INSERT").containsEntry("table", "orders");
            assertThat(JsonText.of(first.get("after"))).isEqualTo("{\"id\":1,\"what\":\"a book\"}");
            assertThat(db.rows("select ev_data from pgq.retry_queue"))
                    .singleElement()
                    .asString()
                    .contains("ink");
        } finally {
            server.stop(0);
        }
    }

    @Test
    @SuppressWarnings("try")
    void theFilesHaveALineForEachChange() throws Exception {
        var example = Example.copy("files", directory);
        var written = directory.resolve("written");
        try (var ticker = started(example, Map.of("db", db.libpq(), "route.directory", written.toString()))) {
            db.sql("insert into orders values (1, E'a\\nbook'); update orders set what = 'two' where id = 1;"
                    + "delete from orders where id = 1");

            var ofOrders = written.resolve("public.orders");
            await().until(() -> Files.exists(ofOrders) && lines(ofOrders).size() == 3);
            try (var files = Files.list(ofOrders)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .singleElement()
                        .asString()
                        .matches("\\d{4}-\\d\\d-\\d\\d\\.jsonl");
            }
            var changes = lines(ofOrders).stream().map(JsonText::object).toList();
            assertThat(changes)
                    .extracting(change -> change.get("operation"))
                    .containsExactly("INSERT", "UPDATE", "DELETE");
            assertThat(JsonText.of(changes.get(0).get("after"))).isEqualTo("{\"id\":1,\"what\":\"a\\nbook\"}");
            assertThat(JsonText.of(changes.get(1).get("before"))).isEqualTo("{\"id\":1,\"what\":\"a\\nbook\"}");
        }
    }

    private static List<String> lines(Path ofTable) throws Exception {
        try (var files = Files.list(ofTable)) {
            return Files.readAllLines(files.findFirst().orElseThrow());
        }
    }
}
