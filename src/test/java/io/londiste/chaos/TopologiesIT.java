package io.londiste.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.change.TableName;
import io.londiste.demo.DemoCompare;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import io.londiste.test.SteadyWriter;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several subscribers, several queues, and both at once, while a client writes. */
@ExtendWith(PostgresPair.class)
class TopologiesIT {
    private static final String SCHEMA = """
            create table one (id serial primary key, v text);
            create table two (id serial primary key, v text);
            create table three (id serial primary key, v text);
            """;

    private static final String WRITE = """
            select pg_sleep(0.01);
            insert into one (v) values (md5(random()::text));
            insert into two (v) select v from one order by id desc limit 3;
            update two set v = md5(v) where id % 50 = (random() * 50)::int;
            insert into three (v) select v from one order by id desc limit 2;
            delete from three where id in (select id from three order by id limit 1);
            """;

    private Db provider;
    private Db subscriber;
    private Db other;
    private SteadyWriter writer;
    private final List<Job> jobs = new ArrayList<>();

    @BeforeEach
    void write(@Provider Db provider, @Subscriber Db subscriber) throws IOException {
        this.provider = provider;
        this.subscriber = subscriber;
        other = PostgresPair.database(provider.major()); // on the provider's server
        for (Db db : List.of(provider, subscriber, other)) {
            db.sql(SCHEMA);
        }
        provider.sql("insert into one (v) select md5(i::text) from generate_series(1, 500) i;"
                + "insert into two (v) select v from one; insert into three (v) select v from one");
        writer = new SteadyWriter(provider, WRITE);
    }

    @AfterEach
    void stop() throws IOException {
        writer.close();
        jobs.forEach(Job::close);
        other.close();
    }

    private Job start(Db to, String name, String queue, String... tables) {
        Job job = new Job(provider, to, name, queue);
        jobs.add(job);
        return job.add(tables).start();
    }

    private void writeForAWhile() {
        jobs.forEach(Job::awaitOk);
        long before = writer.committed();
        Awaitility.await("clients go on").until(() -> writer.committed() > before + 20);
        writer.close();
        jobs.forEach(Job::awaitReplay);
    }

    private void assertEqual(Db copy, String... tables) throws SQLException {
        assertThat(new DemoCompare(provider.dataSource(), copy.dataSource())
                        .differences(Arrays.stream(tables).map(TableName::parse).toList()))
                .isEmpty();
    }

    private void assertNothingUnexpected() {
        assertThat(jobs)
                .allSatisfy(job ->
                        assertThat(job.running().status().total().unexpected()).isZero());
    }

    @Test
    void twoSubscribersTakeDifferentTablesOfOneQueue() throws SQLException {
        start(subscriber, "job", "queue", "one", "two");
        start(other, "second", "queue", "two", "three");

        writeForAWhile();

        assertEqual(subscriber, "one", "two");
        assertEqual(other, "two", "three");
        assertThat(subscriber.number("select count(*) from three")).isZero();
        assertThat(other.number("select count(*) from one")).isZero();
        assertNothingUnexpected();
    }

    @Test
    void twoQueuesOfOneProviderMayHaveTheSameTable() throws SQLException {
        start(subscriber, "job", "queue", "one", "two");
        start(other, "second", "second.queue", "two", "three");
        jobs.forEach(Job::awaitOk);
        provider.sql("truncate two");

        writeForAWhile();

        assertEqual(subscriber, "one", "two");
        assertEqual(other, "two", "three");
        assertNothingUnexpected();
        provider.sql(
                "select londiste.provider_remove_table('queue', 'two'); insert into two (v) values ('for one queue')");
        jobs.get(1).awaitReplay();
        assertEqual(other, "two", "three");
    }

    @Test
    void oneSubscriberTakesTablesFromTwoQueues() throws SQLException {
        start(subscriber, "job", "queue", "one", "two");
        start(subscriber, "second", "second.queue", "three");

        writeForAWhile();

        assertEqual(subscriber, "one", "two", "three");
        assertThat(subscriber.rows("select queue_name, table_name from londiste.subscriber_table order by 2"))
                .containsExactly("queue|public.one", "second.queue|public.three", "queue|public.two");
        assertNothingUnexpected();
    }

    @Test
    void providerAndSubscriberMayBeDatabasesOfOneServer() throws SQLException {
        start(other, "job", "queue", "one", "two", "three");

        writeForAWhile();

        assertEqual(other, "one", "two", "three");
        assertNothingUnexpected();
    }
}
