package io.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.list;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.LoggingExceptionHandler;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PgqComponentIT extends QueueFixture {
    private static List<String> data(Exchange exchange) {
        return data(exchange.getMessage().getBody(Batch.class));
    }

    @Test
    void makesOneExchangeOfEachBatchAndFinishesIt() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c").process(exchange -> {
                    assertThat(exchange.getMessage().getHeader(PgqConstants.QUEUE))
                            .isEqualTo("q");
                    assertThat(exchange.getMessage().getHeader(PgqConstants.TICK_ID, Long.class))
                            .isGreaterThan(exchange.getMessage().getHeader(PgqConstants.PREVIOUS_TICK_ID, Long.class));
                    assertThat(exchange.getMessage().getHeader(PgqConstants.LAG))
                            .isInstanceOf(Long.class);
                    received.add(data(exchange));
                });
            }
        });
        awaitRegistered();
        insert("a", "b");
        tick();
        assertThat(nextReceived()).containsExactly("a", "b");
        insert("c");
        tick();
        assertThat(nextReceived()).containsExactly("c");

        camel.stop();
        assertThat(client.position("q", "c")).isEqualTo(client.lastTick("q").map(Tick::id));
    }

    @Test
    void aBatchThatTheRouteRefusesIsOpenedAgainAndEndsEarlier() throws Exception {
        client.registerConsumer("q", "c");
        long first = client.position("q", "c").orElseThrow();
        for (int i = 1; i <= 6; i++) {
            insert("x" + i);
            tick();
        }
        AtomicLong limit = new AtomicLong(first + 4);
        camel.getRegistry().bind("limit", (TickLimit) limit::get);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&maxEvents=1000000&pollInterval=20&tickLimit=#limit")
                        .process(exchange -> {
                            if (exchange.getMessage().getHeader(PgqConstants.TICK_ID, Long.class) > limit.get()) {
                                exchange.getMessage().setHeader(PgqConstants.LAST_TICK_ID, limit.get());
                            } else {
                                received.add(data(exchange));
                            }
                        });
            }
        });
        List<String> seen = new ArrayList<>();
        while (seen.size() < 4) {
            seen.addAll(nextReceived());
        }
        assertThat(seen).containsExactly("x1", "x2", "x3", "x4");
        await().until(() -> client.position("q", "c").orElseThrow() == first + 4);

        limit.set(TickLimit.NEVER);
        while (seen.size() < 6) {
            seen.addAll(nextReceived());
        }
        assertThat(seen).containsExactly("x1", "x2", "x3", "x4", "x5", "x6");
    }

    @Test
    void aSuspendedRouteTakesNoBatch() throws Exception {
        BlockingQueue<List<String>> others = new LinkedBlockingQueue<>();
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&pollInterval=20000")
                        .routeId("c")
                        .process(exchange -> received.add(data(exchange)));
                from("pgq:q?consumer=d&pollInterval=50").process(exchange -> others.add(data(exchange)));
            }
        });
        awaitRegistered();
        await().until(() -> client.position("q", "d").isPresent());
        insert("a");
        tick();
        assertThat(nextReceived()).containsExactly("a");
        assertThat(others.poll(20, TimeUnit.SECONDS)).containsExactly("a");

        camel.getRouteController().suspendRoute("c");
        insert("b");
        tick();
        assertThat(others.poll(20, TimeUnit.SECONDS)).containsExactly("b");
        insert("c");
        tick();
        assertThat(others.poll(20, TimeUnit.SECONDS)).containsExactly("c");
        assertThat(received).isEmpty();

        camel.getRouteController().resumeRoute("c");
        assertThat(nextReceived()).contains("b");
    }

    @Test
    void theBatchOfAFailedExchangeIsDeliveredAgain() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&pollInterval=50").process(exchange -> {
                    received.add(data(exchange));
                    if (attempts.incrementAndGet() < 3) {
                        throw new IllegalStateException("not yet");
                    }
                });
            }
        });
        awaitRegistered();
        insert("a");
        tick();
        assertThat(nextReceived()).containsExactly("a");
        assertThat(nextReceived()).containsExactly("a");
        assertThat(nextReceived()).containsExactly("a");
        insert("b");
        tick();
        assertThat(nextReceived()).containsExactly("b");
    }

    @Test
    void isUsableFromYamlAndXml() throws Exception {
        camel.getRegistry().bind("seen", new Seen());
        var loader = PluginHelper.getRoutesLoader(camel);
        loader.loadRoutes(ResourceHelper.fromString("in.yaml", """
                - route:
                    from:
                      uri: pgq:q
                      parameters:
                        consumer: c
                        dataSource: "#db"
                      steps:
                        - split:
                            simple: ${body}
                            steps:
                              - bean: {ref: seen, method: add}
                """));
        loader.loadRoutes(ResourceHelper.fromString("out.xml", """
                <routes xmlns="http://camel.apache.org/schema/spring">
                  <route>
                    <from uri="direct:in"/>
                    <setHeader name="CamelPgqEventType"><constant>greeting</constant></setHeader>
                    <to uri="pgq:q"/>
                  </route>
                </routes>
                """));
        awaitRegistered();
        var ids = camel.createProducerTemplate()
                .request("direct:in", e -> e.getMessage().setBody(List.of("x", "y")))
                .getMessage()
                .getHeader(PgqConstants.EVENT_IDS);
        tick();

        assertThat(ids).asInstanceOf(list(Long.class)).hasSize(2);
        assertThat(nextReceived()).containsExactly("greeting", "x");
        assertThat(nextReceived()).containsExactly("greeting", "y");
    }

    /** Called by a route, one event at a time. */
    public final class Seen {
        public void add(Event event) {
            received.add(List.of(event.type(), event.data()));
        }
    }

    @Test
    void aReaderThatLagsTakesManyTicksAsOneBatch() throws Exception {
        client.registerConsumer("q", "c");
        for (int i = 1; i <= 20; i++) {
            insert(i + "a", i + "b");
            tick();
        }
        long first = client.position("q", "c").orElseThrow();
        long last = client.lastTick("q").orElseThrow().id();

        // a forced tick counts as thousands of events
        assertThat(client.nextBatch("q", "c", 1_000_000, TickLimit.NONE)
                        .orElseThrow()
                        .tick()
                        .id())
                .isEqualTo(last);
        client.registerConsumerAt("q", "c", first);
        assertThat(client.nextBatch("q", "c").orElseThrow().tick().id()).isEqualTo(first + 1);
    }

    @Test
    void neverGoesPastTheTickThatIsAskedForAndReachesIt() throws Exception {
        client.registerConsumer("q", "c");
        long first = client.position("q", "c").orElseThrow();
        for (int i = 1; i <= 30; i++) {
            insert("x");
            tick();
        }
        for (long tick = first + 1; tick <= first + 30; tick += 7) {
            long goal = tick;
            List<String> seen = new ArrayList<>();
            Optional<Batch> batch = client.nextBatch("q", "c", 1_000_000, () -> goal);
            while (batch.isPresent()) {
                assertThat(batch.get().tick().id()).isLessThanOrEqualTo(goal);
                batch.get().forEach(event -> seen.add(event.data()));
                client.finishBatch(batch.get().id());
                batch = client.nextBatch("q", "c", 1_000_000, () -> goal);
            }
            assertThat(client.position("q", "c")).contains(goal);
            assertThat(seen).hasSize(goal == first + 1 ? 1 : 7);
        }
    }

    @Test
    void streamsABatchThatIsLargerThanAFetchAndCanBeReadAgain() throws Exception {
        client.registerConsumer("q", "c");
        insert(IntStream.range(0, 2500).mapToObj(String::valueOf).toArray(String[]::new));
        tick();
        try (Batch batch =
                new PgqClient(db.dataSource(), 100).nextBatch("q", "c").orElseThrow()) {
            for (int round = 0; round < 2; round++) {
                List<String> data = new ArrayList<>();
                batch.forEach(event -> data.add(event.data()));
                assertThat(data).hasSize(2500).startsWith("0", "1", "2").endsWith("2499");
            }
        }
    }

    /** What is left of a crash in which the server forgets that it has opened the batch, and drawn its number. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBatchWhoseNumberAnotherConsumerHasGotIsNotRead(boolean withFirstPage) throws Exception {
        client.registerConsumer("q", "c");
        PgqClient reader = new PgqClient(db.dataSource(), 2);
        insert("known");
        tick();
        Batch before = reader.nextBatch("q", "c").orElseThrow();
        assertThat(before).hasSize(1);
        insert("1", "2", "3", "4", "5");
        tick();
        reader.finishBatch(before);
        Batch batch = (withFirstPage
                        ? reader.receiveBatch("q", "c", null, 1000, TickLimit.NEVER)
                        : reader.nextBatch("q", "c"))
                .orElseThrow();
        assertThat(batch.firstEvents()).hasSize(withFirstPage ? 2 : 0);
        db.sql("update pgq.subscription set sub_batch = null, sub_next_tick = null");
        client.registerConsumer("q", "other");
        insert("another's");
        tick();
        db.sql("select setval('pgq.batch_id_seq', ?, false)", batch.id());
        assertThat(client.nextBatch("q", "other").orElseThrow().id()).isEqualTo(batch.id());

        List<String> seen = new ArrayList<>();
        assertThatThrownBy(() -> batch.forEach(event -> seen.add(event.data())))
                .isInstanceOf(PgqException.class)
                .hasMessageContaining("cannot read the events of batch " + batch.id() + " of queue q, consumer c");
        assertThat(seen).doesNotContain("another's");
    }

    @Test
    void registersOnlyWhenTheRouteStarts() throws Exception {
        BlockingQueue<Throwable> errors = new LinkedBlockingQueue<>();
        camel.getRegistry().bind("errors", new LoggingExceptionHandler(camel, getClass()) {
            @Override
            public void handleException(String message, Exchange exchange, Throwable error) {
                errors.add(error);
            }
        });
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&pollInterval=20&exceptionHandler=#errors")
                        .routeId("reading")
                        .process(exchange -> received.add(data(exchange)));
            }
        });
        awaitRegistered();
        insert("a");
        tick();
        assertThat(nextReceived()).containsExactly("a");

        client.unregisterConsumer("q", "c");
        for (int failures = 0; failures < 3; failures++) {
            assertThat(errors.poll(20, TimeUnit.SECONDS))
                    .isInstanceOf(NotRegisteredException.class)
                    .hasMessage("consumer c is not registered on queue q");
        }
        camel.getRouteController().suspendRoute("reading");
        camel.getRouteController().resumeRoute("reading");
        errors.clear();
        assertThat(errors.poll(20, TimeUnit.SECONDS)).isInstanceOf(NotRegisteredException.class);
        assertThat(client.position("q", "c")).isEmpty();

        camel.getRouteController().stopRoute("reading");
        camel.getRouteController().startRoute("reading");
        awaitRegistered();
        insert("b");
        tick();
        assertThat(nextReceived()).containsExactly("b");
    }
}
