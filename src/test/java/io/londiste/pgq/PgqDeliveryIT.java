package io.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.londiste.test.Guide;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an exchange is made of, and what becomes of events that cannot be processed. */
class PgqDeliveryIT extends QueueFixture {
    private static String text(Exchange exchange, String header) {
        return exchange.getMessage().getHeader(header, String.class);
    }

    /** Makes retried events due, and gives them their tick. */
    private void deliverRetries() throws Exception {
        db.sql("select pgq.maint_retry_events()");
        tick();
    }

    @Test
    void eachEventCanHaveAnExchange() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&exchangePer=event").process(exchange -> {
                    Event event = exchange.getMessage().getBody(Event.class);
                    received.add(List.of(
                            event.data(),
                            text(exchange, PgqConstants.EVENT_TYPE),
                            String.valueOf(
                                    event.id() == exchange.getMessage().getHeader(PgqConstants.EVENT_ID, Long.class)),
                            String.valueOf(event.txid()
                                    == exchange.getMessage().getHeader(PgqConstants.TRANSACTION_ID, Long.class)),
                            text(exchange, PgqConstants.TICK_ID)));
                });
            }
        });
        awaitRegistered();
        insert("a", "b");
        tick();

        String tick = String.valueOf(client.lastTick("q").orElseThrow().id());
        assertThat(nextReceived()).containsExactly("a", "t", "true", "true", tick);
        assertThat(nextReceived()).containsExactly("b", "t", "true", "true", tick);
        awaitDone();
    }

    @Test
    void eachTransactionCanHaveAnExchange() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&exchangePer=transaction").process(exchange -> {
                    Transaction transaction = exchange.getMessage().getBody(Transaction.class);
                    assertThat(exchange.getMessage().getHeader(PgqConstants.TRANSACTION_ID))
                            .isEqualTo(transaction.id());
                    received.add(data(transaction));
                });
            }
        });
        awaitRegistered();
        insert("a", "b");
        insert("c");
        try (Connection one = begin();
                Connection other = begin()) {
            insertIn(one, "d");
            insertIn(other, "x");
            insertIn(one, "e");
            other.commit();
            one.commit();
        }
        tick();

        assertThat(nextReceived()).containsExactly("a", "b");
        assertThat(nextReceived()).containsExactly("c");
        assertThat(nextReceived()).containsExactly("d");
        assertThat(nextReceived()).containsExactly("x");
        assertThat(nextReceived()).containsExactly("e");
        awaitDone();
    }

    private Connection begin() throws SQLException {
        Connection connection = db.connect();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void insertIn(Connection connection, String data) throws SQLException {
        Sql.number(connection, "select pgq.insert_event('q', 't', ?)", data);
    }

    @Test
    void aLongTransactionMayBeLeftUnread() throws Exception {
        client.registerConsumer("q", "c");
        db.sql("select count(pgq.insert_event('q', 't', n::text)) from generate_series(1, 5000) as n");
        insert("last");
        tick();
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&exchangePer=transaction&fetchSize=100").process(exchange -> {
                    var events =
                            exchange.getMessage().getBody(Transaction.class).iterator();
                    received.add(List.of(events.next().data()));
                });
            }
        });

        assertThat(nextReceived()).containsExactly("1");
        assertThat(nextReceived()).containsExactly("last");
        awaitDone();
    }

    @ParameterizedTest
    @ValueSource(strings = {"event", "transaction"})
    void aFailedExchangeFailsItsBatchWhichComesAgainFromItsBeginning(String what) throws Exception {
        AtomicInteger failures = new AtomicInteger();
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&pollInterval=20&exchangePer=" + what).process(exchange -> {
                    Object body = exchange.getMessage().getBody();
                    String data = body instanceof Event event
                            ? event.data()
                            : data((Transaction) body).get(0);
                    received.add(List.of(
                            data,
                            text(exchange, PgqConstants.REDELIVERED),
                            text(exchange, PgqConstants.REDELIVERY_COUNTER)));
                    if (data.equals("b") && failures.incrementAndGet() < 3) {
                        throw new IllegalStateException("not yet");
                    }
                });
            }
        });
        awaitRegistered();
        insert("a");
        insert("b");
        insert("c");
        tick();

        assertThat(nextReceived()).containsExactly("a", "false", "0");
        assertThat(nextReceived()).containsExactly("b", "false", "0");
        assertThat(nextReceived()).containsExactly("a", "true", "1");
        assertThat(nextReceived()).containsExactly("b", "true", "1");
        assertThat(nextReceived()).containsExactly("a", "true", "2");
        assertThat(nextReceived()).containsExactly("b", "true", "2");
        assertThat(nextReceived()).containsExactly("c", "true", "2");
        awaitDone();
        insert("d");
        tick();
        assertThat(nextReceived()).containsExactly("d", "false", "0");
    }

    @Test
    void aBatchThatAnotherProcessHasLeftOpenIsMarked() throws Exception {
        client.registerConsumer("q", "c");
        insert("a");
        tick();
        assertThat(client.nextBatch("q", "c")).isPresent();
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&exchangePer=event")
                        .process(exchange -> received.add(List.of(
                                exchange.getMessage().getBody(Event.class).data(),
                                text(exchange, PgqConstants.REDELIVERED),
                                text(exchange, PgqConstants.REDELIVERY_COUNTER))));
            }
        });

        assertThat(nextReceived()).containsExactly("a", "true", "0");
        insert("b");
        tick();
        assertThat(nextReceived()).containsExactly("b", "false", "0");
    }

    @Test
    void aFailedEventIsRetriedWhileTheOthersGoOnAndThenParked() throws Exception {
        client.createQueue("dead");
        client.registerConsumer("dead", "operator");
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&exchangePer=event&maximumRetries=1&retryDelay=0&deadLetterQueue=dead")
                        .process(exchange -> {
                            Event event = exchange.getMessage().getBody(Event.class);
                            received.add(List.of(event.data(), String.valueOf(event.retry())));
                            if (event.data().equals("poison")) {
                                throw new IllegalStateException("cannot do this");
                            }
                        });
            }
        });
        awaitRegistered();
        client.insert(
                "q",
                List.of(Event.of("t", "a"), Event.of("order", "poison", "x1", null, "x3", null), Event.of("t", "b")));
        tick();
        assertThat(nextReceived()).containsExactly("a", "null");
        assertThat(nextReceived()).containsExactly("poison", "null");
        assertThat(nextReceived()).containsExactly("b", "null");
        awaitDone();

        deliverRetries();
        assertThat(nextReceived()).containsExactly("poison", "1");
        awaitDone();
        tick("dead");
        try (Batch parked = client.nextBatch("dead", "operator").orElseThrow()) {
            assertThat(parked).singleElement().satisfies(event -> {
                assertThat(event.type()).isEqualTo("order");
                assertThat(event.data()).isEqualTo("poison");
                assertThat(event.extra1()).isEqualTo("x1");
                assertThat(event.extra3()).isEqualTo("x3");
            });
        }
        assertThat(db.number("select count(*) from pgq.retry_queue")).isZero();
    }

    @Test
    void aFailedEventIsParkedUntilItIsTakenOut() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&exchangePer=event&parkFailedEvents=true").process(exchange -> {
                    Event event = exchange.getMessage().getBody(Event.class);
                    received.add(List.of(event.data(), String.valueOf(event.retry())));
                    if (event.data().equals("poison") && event.retry() == null) {
                        throw new IllegalStateException("cannot do this");
                    }
                });
            }
        });
        awaitRegistered();
        insert("poison", "b");
        tick();
        assertThat(nextReceived()).containsExactly("poison", "null");
        assertThat(nextReceived()).containsExactly("b", "null");
        awaitDone();

        deliverRetries();
        insert("c");
        tick();
        assertThat(nextReceived()).containsExactly("c", "null");
        assertThat(db.sql("select ev_data, ev_retry_after from pgq.retry_queue"))
                .isEqualTo("poison|infinity");
        db.sql("update pgq.retry_queue set ev_retry_after = now()");
        deliverRetries();
        assertThat(nextReceived()).containsExactly("poison", "1");
    }

    @Test
    void aRouteCanHaveAnEventRetried() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                onException(IllegalStateException.class).handled(true).setHeader(PgqConstants.RETRY_AFTER, constant(0));
                from("pgq:q?consumer=c&exchangePer=event").process(exchange -> {
                    Event event = exchange.getMessage().getBody(Event.class);
                    received.add(List.of(event.data(), String.valueOf(event.retry())));
                    if (event.retry() == null) {
                        throw new IllegalStateException("not now");
                    }
                });
            }
        });
        awaitRegistered();
        insert("a");
        tick();
        assertThat(nextReceived()).containsExactly("a", "null");
        awaitDone();
        assertThat(db.number("select count(*) from pgq.retry_queue")).isEqualTo(1);

        deliverRetries();
        assertThat(nextReceived()).containsExactly("a", "1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"maximumRetries=1", "deadLetterQueue=dead", "parkFailedEvents=true"})
    void optionsForSingleEventsNeedSingleEvents(String option) {
        refused(
                option,
                "maximumRetries, deadLetterQueue and parkFailedEvents are for single events: they need exchangePer=event");
    }

    @Test
    void aFailedEventCannotBeBothParkedAndMoved() {
        refused(
                "exchangePer=event&deadLetterQueue=dead&parkFailedEvents=true",
                "an event that has failed is either parked or moved to the deadLetterQueue: set only one of both");
    }

    private void refused(String options, String message) {
        var route = new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&" + options).to("mock:out");
            }
        };

        assertThatThrownBy(() -> camel.addRoutes(route)).rootCause().hasMessage("pgq:q: " + message);
    }

    @Test
    void theGuidesRouteParksWhatItCannotProcess() throws Exception {
        client.createQueue("orders");
        client.createQueue("orders.failed");
        camel.getRegistry().bind("provider", db.dataSource());
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:ship").process(exchange -> {
                    String order = exchange.getMessage().getBody(String.class);
                    received.add(List.of(order));
                    if (order.contains("poison")) {
                        throw new IllegalStateException("cannot ship this");
                    }
                });
            }
        });
        PluginHelper.getRoutesLoader(camel)
                .loadRoutes(ResourceHelper.fromString("orders.yaml", Guide.yaml("orders.failed")));
        client.registerConsumer("orders.failed", "operator");
        await().until(() -> client.position("orders", "shipping").isPresent());
        client.insert("orders", List.of(Event.of("new", "{\"poison\":1}"), Event.of("new", "{\"id\":2}")));
        tick("orders");
        assertThat(nextReceived()).containsExactly("{\"poison\":1}");
        assertThat(nextReceived()).containsExactly("{\"id\":2}");
        for (int retry = 1; retry <= 3; retry++) {
            await().until(() -> db.number("select count(*) from pgq.retry_queue") == 1);
            db.sql("update pgq.retry_queue set ev_retry_after = now()");
            db.sql("select pgq.maint_retry_events()");
            tick("orders");
            assertThat(nextReceived()).containsExactly("{\"poison\":1}");
        }
        await().until(() -> client.position("orders", "shipping")
                .equals(client.lastTick("orders").map(Tick::id)));
        tick("orders.failed");

        try (Batch parked = client.nextBatch("orders.failed", "operator").orElseThrow()) {
            assertThat(data(parked)).containsExactly("{\"poison\":1}");
        }
        assertThat(received).isEmpty();
    }

    private void tick(String queue) throws Exception {
        client.forceTick(queue);
        client.ticker();
    }
}
