package io.londiste.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.londiste.change.Change;
import io.londiste.change.Change.Kind;
import io.londiste.change.TableChange;
import io.londiste.change.TableName;
import io.londiste.definition.Creation;
import io.londiste.hook.Commit;
import io.londiste.hook.CommittedChanges;
import io.londiste.hook.Compared;
import io.londiste.hook.Hook;
import io.londiste.hook.LagChange;
import io.londiste.hook.StateChange;
import io.londiste.hook.TableStop;
import io.londiste.jmx.EmbeddedDaemon;
import io.londiste.jmx.MBeans;
import io.londiste.subscriber.AddOptions;
import io.londiste.subscriber.Declaration;
import io.londiste.subscriber.Subscriber;
import io.londiste.table.Selection;
import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Guide;
import io.londiste.test.OperatorLog;
import io.londiste.test.ReplicationFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Routes that are told what has happened: by messages that wait for nobody, and in step with the replay. */
class HooksIT extends ReplicationFixture {
    private static final String ROUTE = """
            - route:
                id: told-%1$s
                routeConfigurationId: timer-errors
                from:
                  uri: seda:%1$s
                  parameters: {size: 2}
                  steps:
                    - bean: {beanType: io.londiste.routes.Told, method: %2$s}
                    %3$s
            """;

    private static final TableName CUSTOMER = new TableName("public", "customer");
    private static final TableName CLIENT = new TableName("public", "client");

    @TempDir
    private Path routes;

    @BeforeEach
    void clear() {
        Told.clear();
        job.with("routes", routes.toString());
    }

    private void read(Hook hook) throws IOException {
        read(hook, "add", "");
    }

    private void read(Hook hook, String method, String step) throws IOException {
        Files.writeString(
                routes.resolve(hook.endpoint() + ".camel.yaml"), ROUTE.formatted(hook.endpoint(), method, step));
    }

    private void replicateCustomer() {
        onBoth("create table customer (id int primary key, country text, email text)");
        job.add("customer").start().awaitOk();
    }

    @Test
    void aCommitIsToldWithItsTablesAndWithItsChangesAsTheyWereApplied() throws Exception {
        read(Hook.COMMITTED);
        read(Hook.CHANGES);
        provider.sql("create table customer (id int primary key, country text, email text)");
        subscriber.sql("create table client (id int primary key, country text, email text)");
        provider.sql("select londiste.provider_add_table('queue', 'customer')");
        var declared = new Declaration(CLIENT, "country <> 'FI'", List.of(), Map.of("email", "'hidden'"));
        Subscriber.connected(
                job.settings(),
                side -> side.add(
                        Selection.of("customer"), new AddOptions(false, false, false, false, Creation.NONE, declared)));
        job.start().awaitOk();

        provider.sql("insert into customer values (1, 'EE', 'a@b'), (2, 'FI', 'c@d'), (3, 'EE', 'e@f');"
                + "update customer set country = 'LV' where id = 1; delete from customer where id = 3");
        job.awaitReplay();

        await().until(() -> !Told.of(CommittedChanges.class).isEmpty());
        assertThat(Told.of(Commit.class)).singleElement().satisfies(commit -> {
            assertThat(provider.number("select count(*) from pgq.tick where tick_id = ?", commit.tick()))
                    .isEqualTo(1);
            assertThat(commit.catchUp()).isFalse();
            assertThat(commit.tables()).containsExactly(new Commit.Table(CLIENT, 2, 1, 1, 0));
        });
        assertThat(Told.of(CommittedChanges.class)).singleElement().satisfies(told -> {
            assertThat(told.commit()).isEqualTo(Told.of(Commit.class).get(0));
            assertThat(told.complete()).isTrue();
            assertThat(told.changes())
                    .extracting(Change::table, Change::kind, change -> change.get("id"), change -> change.get("email"))
                    .containsExactly(
                            tuple(CLIENT, Kind.INSERT, "1", "hidden"),
                            tuple(CLIENT, Kind.INSERT, "3", "hidden"),
                            tuple(CLIENT, Kind.UPDATE, "1", "hidden"),
                            tuple(CLIENT, Kind.DELETE, "3", null));
            assertThat(told.changes()).noneMatch(change -> change.row().toJson().contains("@"));
        });
        assertThat(job.running().hooks().isRead(Hook.CHANGES)).isTrue();
        assertThat(job.running().hooks().isRead(Hook.LAG)).isFalse();
    }

    @Test
    void ofALargeBatchOnlyTheFirstChangesAreTold() throws Exception {
        read(Hook.CHANGES);
        replicateCustomer();

        provider.sql(
                "insert into customer select i, repeat('c', 500), repeat('e', 500) from generate_series(1, 20000) i");
        job.awaitReplay();

        await().until(() -> !Told.of(CommittedChanges.class).isEmpty());
        assertThat(subscriber.number("select count(*) from customer")).isEqualTo(20000);
        assertThat(Told.of(CommittedChanges.class)).singleElement().satisfies(told -> {
            assertThat(told.complete()).isFalse();
            assertThat(told.commit().tables()).containsExactly(new Commit.Table(CUSTOMER, 20000, 0, 0, 0));
            assertThat(told.changes()).hasSizeBetween(100, 19999);
            assertThat(told.changes().get(99).get("id")).isEqualTo("100");
        });
    }

    @Test
    void aRouteThatHangsDelaysNeitherTheReplayNorItsStop() throws Exception {
        read(Hook.COMMITTED, "holdForEver", "");
        replicateCustomer();
        try (var log = new OperatorLog()) {
            for (int id = 1; id <= 5; id++) {
                provider.sql("insert into customer values (" + id + ")");
                job.awaitReplay();
            }

            assertThat(subscriber.number("select count(*) from customer")).isEqualTo(5);
            assertThat(job.running().hooks().lost()).isBetween(2L, 3L); // one is held, two wait
            assertThat(job.running().errors().list())
                    .anyMatch(error -> error.place().equals("seda:londiste-committed"));
            job.stop();

            assertThat(log.warnings())
                    .anyMatch(line -> line.contains("in its queue, which is full; 1 were lost in all"))
                    .anyMatch(line -> line.startsWith("route told-londiste-committed is interrupted"));
        }
    }

    @Test
    void aRouteThatFailsIsToldTheNextCommitAndTheReplayContinues() throws Exception {
        read(Hook.COMMITTED, "add", "- throwException: {exceptionType: java.io.IOException, message: no mail today}");
        replicateCustomer();

        provider.sql("insert into customer values (1)");
        job.awaitReplay();
        provider.sql("insert into customer values (2)");
        job.awaitReplay();

        await().until(() -> Told.of(Commit.class).size() == 2);
        assertThat(job.states()).containsExactly("ok");
        assertThat(subscriber.sql("select error from londiste.completed where consumer_id = 'job'"))
                .isEqualTo("null");
        await().until(() -> job.running().errors().list().stream()
                .anyMatch(error -> error.message().contains("no mail today")));
    }

    @Test
    void statesAndStopsOfTablesAreTold() throws Exception {
        read(Hook.TABLE_STATE);
        read(Hook.TABLE_STOPPED);
        onBoth("create table customer (id int primary key, country text, email text)");
        job.start();
        try (var mbeans = MBeans.register(job.settings(), new EmbeddedDaemon(job.running()))) {
            await("first read").until(() -> mbeans.view().state().second().read() != null);
            job.add("customer").awaitOk();
            await().until(() -> Told.of(StateChange.class).stream()
                    .anyMatch(change -> change.state().equals("ok")));

            var changes = Told.of(StateChange.class);
            assertThat(changes.get(0).before()).isNull();
            assertThat(changes).allMatch(change -> change.table().equals(CUSTOMER) && change.reason() == null);
            for (int i = 1; i < changes.size(); i++) {
                assertThat(changes.get(i).before()).isEqualTo(changes.get(i - 1).state());
            }
            assertThat(Told.of(TableStop.class)).isEmpty();

            subscriber.sql("alter table customer rename column email to mail");
            provider.sql("insert into customer values (1, 'EE', 'a@b')");

            await().until(() -> !Told.of(TableStop.class).isEmpty());
            var stop = Told.of(TableStop.class).get(0);
            assertThat(stop.table()).isEqualTo(CUSTOMER);
            assertThat(stop.reason()).contains("email");
            assertThat(stop.state()).isNotEqualTo("ok");
        }
    }

    @Test
    void theRouteOfTheGuideLogsThatATableIsStopped() throws Exception {
        Files.writeString(routes.resolve("stopped.camel.yaml"), Guide.yaml("seda:londiste-table-stopped"));
        replicateCustomer();
        try (var log = new OperatorLog();
                var mbeans = MBeans.register(job.settings(), new EmbeddedDaemon(job.running()))) {
            await("first read").until(() -> mbeans.view().state().second().read() != null);

            subscriber.sql("alter table customer rename column email to mail");
            provider.sql("insert into customer values (1, 'EE', 'a@b')");

            await().until(() -> log.warnings().stream()
                    .anyMatch(line -> line.matches("told that public\\.customer is stopped: .*email.*")));
        }
    }

    @Test
    void aLagOverItsLimitIsToldOnceAndSoIsItsEnd() throws Exception {
        read(Hook.LAG);
        job.with("lag_limit", "5");
        replicateCustomer();
        try (var mbeans = MBeans.register(job.settings(), new EmbeddedDaemon(job.running()))) {
            job.running().pause();
            provider.sql("insert into customer values (1)");
            await().until(() -> !Told.of(LagChange.class).isEmpty());
            await("read again").until(() -> mbeans.view().lag().compareTo(Duration.ofSeconds(12)) > 0);
            assertThat(Told.of(LagChange.class)).singleElement().satisfies(change -> {
                assertThat(change.over()).isTrue();
                assertThat(change.limit()).isEqualTo(Duration.ofSeconds(5));
                assertThat(change.lag()).isGreaterThan(change.limit());
            });

            job.running().resume();
            await().until(() -> Told.of(LagChange.class).size() > 1);
            assertThat(Told.of(LagChange.class).get(1).over()).isFalse();
        }
    }

    @Test
    @SuppressWarnings("try")
    void aComparisonOfAnotherProcessIsTold() throws Exception {
        read(Hook.COMPARED);
        replicateCustomer();
        try (var mbeans = MBeans.register(job.settings(), new EmbeddedDaemon(job.running()));
                var lock = ComparisonRoutes.lockReplay(subscriber);
                var command = new ComparisonRoutes(job.settings())) {
            await("first read").until(() -> mbeans.view().state().second().read() != null);
            subscriber.sql("insert into customer values (7)");
            command.compare();

            await().until(() -> !Told.of(Compared.class).isEmpty());
            assertThat(Told.of(Compared.class)).singleElement().satisfies(compared -> {
                assertThat(compared.table()).isEqualTo(CUSTOMER);
                assertThat(compared.outcome()).isEqualTo("DIFFERENT");
                assertThat(compared.extra()).isEqualTo(1);
            });
        }
    }

    @Test
    void theRouteThatFollowsACommitGetsItsBatchAgainIfItFails() throws Exception {
        Files.writeString(routes.resolve("committed.camel.yaml"), Guide.yaml("uri: direct:committed"));
        Files.writeString(routes.resolve("mine.camel.yaml"), """
                - route:
                    id: mine
                    routeConfigurationId: errors-of-the-caller
                    from:
                      uri: direct:customer-has-changed
                      steps:
                        - bean: {beanType: io.londiste.routes.Told, method: addButFailAtFirst}
                """);
        replicateCustomer();

        try (var log = new OperatorLog()) {
            provider.sql("insert into customer values (1); insert into customer values (2)");
            job.awaitReplay();
            provider.sql("update customer set country = 'EE' where id = 2");
            job.awaitReplay();

            assertThat(Told.of(TableChange.class))
                    .extracting(
                            TableChange::operation,
                            change -> change.key().get("id").toString())
                    .containsExactly(
                            tuple(TableChange.Operation.INSERT, "1"),
                            tuple(TableChange.Operation.INSERT, "1"),
                            tuple(TableChange.Operation.INSERT, "2"),
                            tuple(TableChange.Operation.UPDATE, "2"));
            assertThat(log.warnings()).noneMatch(line -> line.contains("not as expected"));
        }
        assertThat(subscriber.rows("select id, country from customer order by id"))
                .containsExactly("1|null", "2|EE");
    }

    @Test
    @SuppressWarnings("try")
    void theExampleNotifiesClientsAndRecordsAlerts() throws Exception {
        var example = Path.of("examples/hooks");
        var readme = Files.readString(example.resolve("README.md"));
        subscriber.sql(readme.substring(readme.indexOf("<<'SQL'\n") + 8, readme.indexOf("   SQL\n")));
        job.with("routes", example.resolve("routes").toString());
        replicateCustomer();
        try (var client = subscriber.connect();
                var mbeans = MBeans.register(job.settings(), new EmbeddedDaemon(job.running()));
                var lock = ComparisonRoutes.lockReplay(subscriber);
                var command = new ComparisonRoutes(job.settings())) {
            await("first read").until(() -> mbeans.view().state().second().read() != null);
            client.createStatement().execute("listen table_changed");

            provider.sql("insert into customer values (1)");
            await().untilAsserted(() -> assertThat(notified(client)).contains("public.customer"));

            subscriber.sql("insert into customer values (7)");
            command.compare();
            await().until(() -> subscriber.number("select count(*) from replication_alert") > 0);
            assertThat(subscriber.sql("select subject, content ->> 'extra' from replication_alert"))
                    .isEqualTo("table public.customer differs from the provider's|1");
        }
    }

    private static List<String> notified(Connection client) throws Exception {
        var told = new ArrayList<String>();
        Stream.ofNullable(client.unwrap(PGConnection.class).getNotifications(1000))
                .flatMap(Arrays::stream)
                .map(PGNotification::getParameter)
                .forEach(told::add);
        return told;
    }
}
