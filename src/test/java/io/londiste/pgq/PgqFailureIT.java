package io.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.State;
import org.apache.camel.health.HealthCheckAware;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.ScheduledPollConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Failing batches, and several processes that read as one consumer. */
class PgqFailureIT extends QueueFixture {
    private static final String HOLDER = "select pid from pg_locks where locktype = 'advisory' and granted"
            + " and database = (select oid from pg_database where datname = current_database())";

    private final CamelContext other = new DefaultCamelContext();
    private final CountDownLatch held = new CountDownLatch(1);

    @AfterEach
    void stopOther() {
        held.countDown();
        other.stop();
    }

    private static HealthCheck.Result health(CamelContext context) {
        return ((HealthCheckAware) context.getRoute("r").getConsumer())
                .getHealthCheck()
                .call(Map.of());
    }

    @Test
    void aBatchThatFailsMakesTheConsumersHealthDownUntilItSucceeds() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&pollInterval=20").routeId("r").process(exchange -> {
                    if (broken.get()) {
                        throw new IllegalStateException("cannot do this");
                    }
                });
            }
        });
        awaitRegistered();
        await().until(() -> health(camel).getState() == State.UP);
        insert("a");
        tick();

        await().until(() -> (long) health(camel).getDetails().getOrDefault(HealthCheck.FAILURE_ERROR_COUNT, 0L) > 2);
        assertThat(health(camel).getState()).isEqualTo(State.DOWN);
        assertThat(health(camel).getError()).get().hasToString("java.lang.IllegalStateException: cannot do this");

        broken.set(false);
        await().until(() -> health(camel).getState() == State.UP);
        awaitDone();
    }

    @Test
    void aServerThatCannotBeReadMakesTheConsumersHealthDown() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&pollInterval=20").routeId("r").to("mock:out");
            }
        });
        awaitRegistered();
        await().until(() -> health(camel).getState() == State.UP);

        client.unregisterConsumer("q", "c");

        await().until(() -> health(camel).getState() == State.DOWN);
        assertThat(health(camel).getError()).get().isInstanceOf(NotRegisteredException.class);
    }

    @Test
    void aMissingQueueForDeadLettersIsReportedBeforeItIsNeeded() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&pollInterval=20&exchangePer=event&deadLetterQueue=dead")
                        .routeId("r")
                        .to("mock:out");
            }
        });

        await().until(() -> health(camel).getError().isPresent());
        assertThat(health(camel).getError())
                .get()
                .isInstanceOf(PgqException.class)
                .hasToString(
                        "io.londiste.pgq.PgqException: queue dead, the deadLetterQueue of a route from pgq:q, does not"
                                + " exist: create it with pgq.create_queue");
        client.createQueue("dead");
        await().until(() -> health(camel).getState() == State.UP);
    }

    @Test
    void aQueueWithEventsThatGetsNoTickMakesTheConsumersHealthDownUntilItDoes() throws Exception {
        client.configure("q", "ticker_max_lag", "0.1 s");
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&pollInterval=20").routeId("r").to("mock:out");
            }
        });
        awaitRegistered();
        await().until(() -> health(camel).getState() == State.UP);
        insert("a");

        await().until(() -> health(camel).getState() == State.DOWN);
        assertThat(health(camel).getError())
                .get()
                .asString()
                .matches(
                        "io.londiste.pgq.PgqException: queue q has events, and has had no tick for \\d+ s, so they are not"
                                + " delivered: is its ticker running\\? \\(pgqadm ... ticker\\)");
        tick();
        await().until(() -> health(camel).getState() == State.UP);
        awaitDone();
    }

    /** The ticker may be about to tick the first event after a quiet time. */
    @Test
    void anEventWithoutATickIsNoProblemUntilASecondCheckFindsTheSameLastTick() throws Exception {
        client.configure("q", "ticker_max_lag", "0 s");
        var watch = new TickWatch(client, "q", Duration.ZERO);
        insert("a");
        watch.check();
        tick();
        insert("b");
        watch.check();
        assertThat(watch.problem()).isNull();

        watch.check();
        assertThat(watch.problem()).hasMessageStartingWith("queue q has events");
        watch.ticked();
        assertThat(watch.problem()).isNull();
    }

    @Test
    void whatTheDatabaseLacksIsSaidWithWhatToDo() throws Exception {
        String reader = db.role("reader", "login password 'secret'");
        var unprivileged = (PGSimpleDataSource) db.dataSource();
        unprivileged.setUser(reader);
        unprivileged.setPassword("secret");
        camel.getRegistry().bind("unprivileged", unprivileged);
        var template = camel.createFluentProducerTemplate();

        assertThat(template.to("pgq:nosuch?dataSource=#db").withBody("x").send().getException())
                .hasMessage(
                        "queue nosuch does not exist in the database of pgq:nosuch: create it with pgq.create_queue");
        assertThat(template.to("pgq:q?dataSource=#unprivileged")
                        .withBody("x")
                        .send()
                        .getException())
                .hasMessageStartingWith(
                        "the role of pgq:q lacks a right: grant it pgq_writer (ERROR: permission denied for");

        db.sql("drop schema pgq cascade");
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&pollInterval=20&dataSource=#db")
                        .routeId("r")
                        .to("mock:out");
            }
        });
        await().until(() -> health(camel).getError().isPresent());
        assertThat(health(camel).getError())
                .get()
                .hasToString("io.londiste.pgq.PgqException: the database of pgq:q has no PgQ: install it with"
                        + " PgqSchema.install, or with pgqadm ... install");
    }

    @Test
    void aStartOfTheRouteEndsTheWaitAfterAFailure() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&pollInterval=1h").routeId("r").process(exchange -> {
                    received.add(data(exchange.getMessage().getBody(Batch.class)));
                    if (broken.get()) {
                        throw new IllegalStateException("not yet");
                    }
                });
            }
        });
        awaitRegistered();
        insert("a");
        tick();
        assertThat(nextReceived()).containsExactly("a");
        await().until(() -> health(camel).getState() == State.DOWN);
        broken.set(false);
        assertThat(received).isEmpty();

        camel.getRouteController().stopRoute("r");
        camel.getRouteController().startRoute("r");

        assertThat(nextReceived()).containsExactly("a");
        awaitDone();
    }

    @Test
    void oneProcessReadsAndTheOtherTakesOverWhenItStops() throws Exception {
        camel.addRoutes(reporting("first"));
        awaitRegistered();
        await().until(() -> !db.sql(HOLDER).isEmpty());
        startOther();
        for (String data : List.of("a", "b", "c")) {
            insert(data);
            tick();
            assertThat(nextReceived()).containsExactly("first", data, "false");
        }

        camel.stop();
        insert("d");
        tick();

        assertThat(nextReceived()).containsExactly("other", "d", "false");
    }

    @Test
    void aSuspendedRouteKeepsItsPlace() throws Exception {
        camel.addRoutes(reporting("first"));
        awaitRegistered();
        await().until(() -> !db.sql(HOLDER).isEmpty());
        String holder = db.sql(HOLDER);
        startOther();

        camel.getRouteController().suspendRoute("r");
        insert("a");
        tick();
        assertThat(db.sql(HOLDER)).isEqualTo(holder);
        camel.getRouteController().resumeRoute("r");

        assertThat(nextReceived()).containsExactly("first", "a", "false");
    }

    @Test
    void theBatchOfAProcessThatLosesItsSessionIsTakenOver() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c").routeId("r").process(exchange -> {
                    received.add(List.of("first"));
                    held.await();
                });
            }
        });
        awaitRegistered();
        await().until(() -> !db.sql(HOLDER).isEmpty());
        startOther();
        insert("a");
        tick();
        assertThat(nextReceived()).containsExactly("first");

        db.sql("select pg_terminate_backend(pid) from (" + HOLDER + ") as holder");

        assertThat(nextReceived()).containsExactly("other", "a", "true");
        held.countDown();
        awaitDone();
    }

    private RouteBuilder reporting(String name) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:q?consumer=c&pollInterval=20").routeId("r").process(exchange -> {
                    String data = String.join(" ", data(exchange.getMessage().getBody(Batch.class)));
                    String again = exchange.getMessage().getHeader(PgqConstants.REDELIVERED, String.class);
                    received.add(List.of(name, data, again));
                });
            }
        };
    }

    /** Starts the other process, so to speak, and waits until it has tried to read. */
    private void startOther() throws Exception {
        other.getRegistry().bind("db", db.dataSource());
        other.addRoutes(reporting("other"));
        other.start();
        var consumer = (ScheduledPollConsumer) other.getRoute("r").getConsumer();
        await().until(consumer::isFirstPollDone);
    }
}
