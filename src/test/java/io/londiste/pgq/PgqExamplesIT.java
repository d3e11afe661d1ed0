package io.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.test.Guide;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of the component's page do what the page says. */
class PgqExamplesIT extends QueueFixture {
    private static final String READING = "mailer";
    private static final String WRITING = "direct:placed";

    /** Loads an example. Those in Java are the routes of {@link OrderMails}, which the page has to agree with. */
    private void load(String language, String text) throws Exception {
        var example = Guide.component(language, text);
        if (language.equals("java")) {
            var source = Files.readString(Path.of("src/test/java/io/londiste/pgq/OrderMails.java"));
            assertThat(source.replaceAll("\\s", "")).contains(example.replaceAll("\\s", ""));
            camel.addRoutes(new OrderMails());
        } else {
            var file = language.equals("xml") ? "orders.xml" : "orders.yaml";
            PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString(file, example));
        }
    }

    private void queueOfOrders() throws Exception {
        client.createQueue("orders");
        camel.getRegistry().bind("provider", db.dataSource());
    }

    private void tickOrders() throws Exception {
        client.forceTick("orders");
        client.ticker();
    }

    @ParameterizedTest
    @ValueSource(strings = {"yaml", "java", "xml"})
    void anEventThatFailsIsNotLost(String language) throws Exception {
        queueOfOrders();
        var broken = new AtomicBoolean(true);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:mail").process(exchange -> {
                    var data = exchange.getMessage().getBody(Event.class).data();
                    received.add(List.of(data));
                    if (data.equals("b") && broken.getAndSet(false)) {
                        throw new IllegalStateException("cannot mail this");
                    }
                });
            }
        });
        load(language, READING);
        await().until(() -> client.position("orders", "mailer").isPresent());
        client.insert("orders", List.of(Event.of("t", "a"), Event.of("t", "b"), Event.of("t", "c")));
        tickOrders();

        for (var data : List.of("a", "b", "a", "b", "c")) {
            assertThat(nextReceived()).containsExactly(data);
        }
        var last = client.lastTick("orders").map(Tick::id);
        await().until(() -> client.position("orders", "mailer").equals(last));
    }

    @ParameterizedTest
    @ValueSource(strings = {"yaml", "java"})
    void insertsAnEvent(String language) throws Exception {
        queueOfOrders();
        client.registerConsumer("orders", "reader");
        load(language, WRITING);

        camel.createProducerTemplate().sendBody("direct:placed", "order 1");
        tickOrders();

        try (var batch = client.nextBatch("orders", "reader").orElseThrow()) {
            assertThat(batch).singleElement().satisfies(event -> {
                assertThat(event.type()).isEqualTo("placed");
                assertThat(event.data()).isEqualTo("order 1");
            });
        }
    }

    /** In a process with little memory; these events take several times as much. */
    @Test
    void aLargeTransactionIsReadWithLittleMemory() throws Exception {
        queueOfOrders();
        client.registerConsumer("orders", "mailer");
        db.sql(
                "select count(pgq.insert_event('orders', 't', repeat('x', 500) || n)) from generate_series(1, 300000) as n");
        tickOrders();

        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx96m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OrderMails.class.getName(),
                        db.url())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("300000 events");
    }
}
