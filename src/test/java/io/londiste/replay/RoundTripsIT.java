package io.londiste.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.change.ChangeDecoder;
import io.londiste.db.Dsn;
import io.londiste.db.Pools;
import io.londiste.error.RecentErrors;
import io.londiste.hook.Hooks;
import io.londiste.pgq.Batch;
import io.londiste.pgq.PgqClient;
import io.londiste.pgq.TickLimit;
import io.londiste.table.RegisteredTables;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableLife;
import io.londiste.table.TableShapes;
import io.londiste.test.Job;
import io.londiste.test.PairFixture;
import io.londiste.test.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.commons.dbcp2.BasicDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A batch takes few round trips, whose time is what counts when a server is far away. */
class RoundTripsIT extends PairFixture {
    private static final String CHANGES = """
            insert into a values (%1$d, 'x'); insert into b values (%1$d, 'x'); insert into c values (%1$d, 'x');
            update a set v = 'y' where id = %2$d; update b set v = 'y' where id = %2$d; delete from c where id = %2$d""";

    private TcpProxy toProvider;
    private TcpProxy toSubscriber;
    private BasicDataSource providers;
    private BasicDataSource subscribers;
    private PgqClient pgq;
    private Replay replay;
    private Batch last;

    @BeforeEach
    void prepare() throws Exception {
        String tables = "create table a (id int primary key, v text); create table b (id int primary key, v text);"
                + " create table c (id int primary key, v text)";
        provider.sql(tables);
        subscriber.sql(tables);
        try (Job job = new Job(provider, subscriber)) {
            job.add("a", "b", "c");
        }
        subscriber.sql("update londiste.subscriber_table set merge_state = 'ok'");
        provider.sql("select pgq.register_consumer('queue', 'job')");
        toProvider = new TcpProxy(provider.host(), provider.port());
        toSubscriber = new TcpProxy(subscriber.host(), subscriber.port());
        providers = Pools.open(Dsn.parse(provider.libpq(toProvider)), "test", Duration.ofHours(1));
        subscribers = Pools.openReplay(Dsn.parse(subscriber.libpq(toSubscriber)), "test", Duration.ofHours(1));
        pgq = new PgqClient(providers, 1000);
        replay = new Replay(
                providers,
                subscribers,
                new SubscribedTables("queue"),
                new TableLife("queue"),
                new RegisteredTables("queue", providers),
                pgq,
                new TableShapes(),
                new ReplayStatus(),
                new Hooks(DefaultCamelContext::new, new RecentErrors()));
    }

    @AfterEach
    void close() throws Exception {
        providers.close();
        subscribers.close();
        toProvider.close();
        toSubscriber.close();
    }

    private void change(int nr) throws Exception {
        provider.sql(CHANGES.formatted(nr, nr - 1));
        new PgqClient(provider.dataSource()).tickNow("queue");
    }

    private void receive() throws Exception {
        last = pgq.receiveBatch("queue", "job", last, 100_000, TickLimit.NEVER).orElseThrow();
    }

    private void apply() throws Exception {
        try (var camel = new DefaultCamelContext();
                Batch batch = last) {
            var exchange = new DefaultExchange(camel);
            exchange.getMessage().setBody(batch);
            replay.begin(exchange);
            var transaction = exchange.getProperty(Replay.TRANSACTION, BatchTransaction.class);
            for (var page : batch.pages()) {
                replay.add(transaction, new ChangeDecoder().decode(page));
            }
            replay.commit(exchange);
        }
    }

    @Test
    void aCombinationOfStatementsThatIsNewIsOneRoundTripToAServerThatIsFar() throws Exception {
        toSubscriber.delay(Duration.ofMillis(20));
        for (int nr = 1; nr <= 2; nr++) { // the first batches read the catalog
            change(nr);
            receive();
            apply();
        }
        var toSubscribers = new ArrayList<Integer>();
        for (var change : List.of(
                "insert into a values (10)",
                "update a set v = 'z' where id = 10",
                "insert into b values (10), (11)",
                "update b set v = 'z' where id > 9; insert into a values (11)")) {
            provider.sql(change);
            new PgqClient(provider.dataSource()).tickNow("queue");
            int before = toSubscriber.roundTrips();
            receive();
            apply();
            toSubscribers.add(toSubscriber.roundTrips() - before);
        }

        assertThat(Collections.min(toSubscribers)).as("%s", toSubscribers).isEqualTo(2);
    }

    @Test
    void rowsThatAreFilteredTakeOneMoreToTheProviderAndNoneToTheSubscriber() throws Exception {
        subscriber.sql(
                "update londiste.subscriber_table set where_sql = '(id % 2) = 0', needs = '{id}' where table_name = 'public.b'");
        for (int nr = 1; nr <= 10; nr++) { // the first batches read the catalog, and prepare their statements
            change(nr);
            receive();
            apply();
        }
        var toProviders = new ArrayList<Integer>();
        var toSubscribers = new ArrayList<Integer>();
        for (int nr = 11; nr <= 20; nr++) {
            change(nr);
            int toProviderBefore = toProvider.roundTrips();
            int toSubscriberBefore = toSubscriber.roundTrips();
            receive();
            apply();
            toProviders.add(toProvider.roundTrips() - toProviderBefore);
            toSubscribers.add(toSubscriber.roundTrips() - toSubscriberBefore);
        }

        assertThat(Collections.min(toProviders))
                .as("to the provider: %s", toProviders)
                .isEqualTo(2);
        assertThat(Collections.min(toSubscribers))
                .as("to the subscriber: %s", toSubscribers)
                .isEqualTo(2);
        assertThat(subscriber.sql("select string_agg(id || v, ' ' order by id) from b"))
                .isEqualTo("2y 4y 6y 8y 10y 12y 14y 16y 18y 20x");
    }

    /** The fewest of several batches: a pool validates a connection that it has not validated for a second. */
    @Test
    void aBatchTakesOneToTheProviderAndTwoToTheSubscriber() throws Exception {
        for (int nr = 1; nr <= 10; nr++) { // the first batches read the catalog, and prepare their statements
            change(nr);
            receive();
            apply();
        }
        var toProviders = new ArrayList<Integer>();
        var toSubscribers = new ArrayList<Integer>();
        for (int nr = 11; nr <= 20; nr++) {
            change(nr);
            int toProviderBefore = toProvider.roundTrips();
            int toSubscriberBefore = toSubscriber.roundTrips();
            receive();
            apply();
            toProviders.add(toProvider.roundTrips() - toProviderBefore);
            toSubscribers.add(toSubscriber.roundTrips() - toSubscriberBefore);
        }

        assertThat(Collections.min(toProviders))
                .as("to the provider: %s", toProviders)
                .isEqualTo(1);
        assertThat(Collections.min(toSubscribers))
                .as("to the subscriber: %s", toSubscribers)
                .isEqualTo(2);
        assertThat(subscriber.sql("select string_agg(v, '' order by id) from a"))
                .isEqualTo("y".repeat(19) + "x");
        assertThat(subscriber.number("select count(*) from c")).isEqualTo(1);
    }
}
