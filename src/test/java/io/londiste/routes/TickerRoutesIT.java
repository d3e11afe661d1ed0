package io.londiste.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.app.Application;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.pgq.Batch;
import io.londiste.pgq.Event;
import io.londiste.pgq.PgqClient;
import io.londiste.schema.Installer;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The ticker's routes against a queue: ticks, rotation, retries. */
@ExtendWith(PostgresPair.class)
class TickerRoutesIT {
    private static final String QUEUE = "it's \"q\"";

    @Test
    void ticksRotatesAndDeliversRetriesAgain(@Provider Db db) throws Exception {
        new Installer(db.dataSource()).installPgq();
        PgqClient pgq = new PgqClient(db.dataSource());
        pgq.createQueue(QUEUE);
        pgq.configure(QUEUE, "ticker_max_lag", "20 ms");
        pgq.configure(QUEUE, "ticker_idle_period", "100 ms");
        pgq.configure(QUEUE, "rotation_period", "100 ms");
        pgq.registerConsumer(QUEUE, "c");
        Settings settings =
                Settings.of(Section.PGQADM, Map.of("db", db.libpq(), "loop_delay", "0.02", "maint_delay", "0.1"));
        try (Application ticker = Application.ticker(settings)) {
            ticker.start();
            pgq.insert(QUEUE, List.of(Event.of("t", "again"), Event.of("t", "once")));

            List<String> seen = new ArrayList<>();
            await().until(() -> {
                Optional<Batch> batch = pgq.nextBatch(QUEUE, "c");
                if (batch.isPresent()) {
                    for (Event event : batch.get()) {
                        seen.add(event.data() + " " + event.retry());
                        if (event.data().equals("again") && event.retry() == null) {
                            assertThat(pgq.retry(batch.get().id(), event.id(), 0))
                                    .isTrue();
                        }
                    }
                    pgq.finishBatch(batch.get().id());
                }
                return seen.size() >= 3;
            });
            assertThat(seen).containsExactly("again null", "once null", "again 1");
            await().until(() -> {
                pgq.nextBatch(QUEUE, "c").ifPresent(batch -> finish(pgq, batch));
                return db.number("select queue_cur_table from pgq.queue") == 2;
            });
        }
    }

    @Test
    void aRouteOfOnesOwnThatFailsAgainAndAgainIsAProblemUntilItSucceeds(@Provider Db db, @TempDir Path routes)
            throws Exception {
        new Installer(db.dataSource()).installPgq();
        PgqClient pgq = new PgqClient(db.dataSource());
        pgq.createQueue("q");
        db.sql("create table target (data text check (data <> 'bad'))");
        Files.writeString(routes.resolve("own.camel.yaml"), """
                - route:
                    id: own
                    from:
                      uri: pgq:q
                      parameters: {consumer: c, dataSource: "#provider", pollInterval: 20, exchangePer: event}
                      steps:
                        - to:
                            uri: sql:insert into target values (:#${body.data})
                            parameters: {dataSource: "#provider"}
                """);
        Settings settings = Settings.of(
                Section.PGQADM, Map.of("db", db.libpq(), "loop_delay", "0.02", "routes", routes.toString()));
        try (Application ticker = Application.ticker(settings)) {
            ticker.start();
            await().until(() -> pgq.position("q", "c").isPresent());
            assertThat(ticker.routeProblems()).isEmpty();
            pgq.insert("q", List.of(Event.of("t", "bad")));

            await().until(() -> !ticker.routeProblems().isEmpty());
            assertThat(ticker.routeProblems())
                    .singleElement()
                    .asString()
                    .startsWith("route own has failed several times in a row, and reads no further: ")
                    .contains("violates check constraint");

            db.sql("alter table target drop constraint target_data_check");
            await().until(() -> ticker.routeProblems().isEmpty());
            assertThat(db.rows("select data from target")).containsExactly("bad");
        }
    }

    /** Then its consumer waits for the exchange, and has no failure to tell of. */
    @Test
    void aRouteWhoseErrorHandlerTriesAgainForEverIsAProblemUntilItSucceeds(@Provider Db db, @TempDir Path routes)
            throws Exception {
        new Installer(db.dataSource()).installPgq();
        db.sql("create table target (data text check (data <> 'bad'))");
        Files.writeString(routes.resolve("own.camel.yaml"), """
                - route:
                    id: own
                    errorHandler:
                      defaultErrorHandler:
                        redeliveryPolicy: {maximumRedeliveries: "-1", redeliveryDelay: "10", allowRedeliveryWhileStopping: "false"}
                    from:
                      uri: seda:own
                      steps:
                        - to:
                            uri: sql:insert into target values (:#${body})
                            parameters: {dataSource: "#provider"}
                - route:
                    id: caller
                    from:
                      uri: timer:once
                      parameters: {repeatCount: 1, delay: 0}
                      steps:
                        - setBody: {constant: bad}
                        - to: seda:own
                        - setBody: {constant: good}
                        - to: seda:own
                """);
        Settings settings = Settings.of(
                Section.PGQADM, Map.of("db", db.libpq(), "loop_delay", "0.02", "routes", routes.toString()));
        try (Application ticker = Application.ticker(settings)) {
            ticker.start();

            await().until(() -> !ticker.routeProblems().isEmpty());
            assertThat(ticker.routeProblems())
                    .singleElement()
                    .asString()
                    .startsWith("route own has failed several times in a row, and reads no further: ")
                    .contains("violates check constraint");

            db.sql("alter table target drop constraint target_data_check");
            await().until(() -> ticker.routeProblems().isEmpty());
            await().until(() -> db.rows("select data from target"), List.of("bad", "good")::equals);
        }
    }

    /** Copies and comparisons make ticks of their own, and pgqd may run as well. */
    @Test
    void aQueueWhoseSleepAnotherTickHasEndedFallsAsleepAgain(@Provider Db db) throws Exception {
        new Installer(db.dataSource()).installPgq();
        PgqClient pgq = new PgqClient(db.dataSource());
        pgq.createQueue(QUEUE);
        pgq.configure(QUEUE, "ticker_idle_period", "1 day");
        try (Application ticker = Application.ticker(Settings.of(Section.PGQADM, Map.of("db", db.libpq())))) {
            ticker.start();
            for (int tick = 0; tick < 3; tick++) {
                await("asleep").until(() -> db.sql("select queue_asleep from pgq.queue")
                        .equals("t"));
                pgq.tickNow(QUEUE);
            }
        }
    }

    private static void finish(PgqClient pgq, Batch batch) {
        try {
            pgq.finishBatch(batch.id());
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
