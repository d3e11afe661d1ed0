package io.londiste.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.schema.Installer;
import io.londiste.subscriber.Subscriber;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A job removes the consumers of its own copies, whatever the names of other consumers look like. */
@ExtendWith(PostgresPair.class)
class CopyConsumersIT {
    private static final String TABLE = "create table item (id int primary key, v text)";
    private static final String BEFORE_RECORDS =
            "drop table londiste.copy_consumer; delete from londiste.upgrade where nr >= 5";

    private Db provider;
    private Db subscriber;
    private Job job;

    @BeforeEach
    void replicate(@Provider Db provider, @PostgresPair.Subscriber Db subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
        provider.sql(TABLE);
        subscriber.sql(TABLE);
        provider.sql("insert into item values (1, 'a')");
        job = new Job(provider, subscriber);
    }

    @AfterEach
    void stop() {
        job.close();
    }

    private List<String> consumers() {
        return provider.rows(
                "select co_name from pgq.subscription join pgq.consumer on co_id = sub_consumer order by 1");
    }

    private void register(String... names) {
        for (String name : names) {
            provider.sql("select pgq.register_consumer('queue', ?)", name);
        }
    }

    private void awaitConsumers(String... names) {
        Awaitility.await("consumers").atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(consumers())
                .containsExactly(names));
    }

    private void assertEqual() {
        String rows = "select t::text from item t order by id";
        assertThat(subscriber.rows(rows)).isEqualTo(provider.rows(rows));
    }

    /** What a killed process leaves behind: the consumer of a copy whose table is in sync or removed. */
    private void leaveBehind(String table) {
        register("job_copy_" + table);
        subscriber.sql("insert into londiste.copy_consumer values (?, 'job', 'queue', ?)", "job_copy_" + table, table);
        subscriber.sql("insert into londiste.completed values (?, 1)", "job_copy_" + table);
    }

    @Test
    void theCleanupRemovesOnlyConsumersThatTheJobHasRecorded() {
        job.add("item").start().awaitOk();
        job.stop();
        leaveBehind("public.item");
        leaveBehind("public.gone");
        register("job_copy_2", "job_copy_public.foreign", "job_copy_to_kafka");
        subscriber.sql("insert into londiste.completed values ('job_copy_2', 1)");
        subscriber.sql(
                "insert into londiste.copy_consumer values ('other_copy_public.item', 'other', 'queue', 'public.item')");
        register("other_copy_public.item");

        job.start();

        awaitConsumers("job", "job_copy_2", "job_copy_public.foreign", "job_copy_to_kafka", "other_copy_public.item");
        assertThat(subscriber.rows("select consumer_id from londiste.completed order by 1"))
                .containsExactly("job", "job_copy_2");
        assertThat(subscriber.rows("select consumer_id from londiste.copy_consumer"))
                .containsExactly("other_copy_public.item");
    }

    @Test
    void unregisteringRemovesOnlyConsumersThatTheJobHasRecorded() {
        job.add("item").start().awaitOk();
        job.stop();
        leaveBehind("public.item");
        register("job_copy", "job_copy_2", "job_copy_public.foreign");

        Subscriber.connected(job.settings(), Subscriber::unregister);

        assertThat(consumers()).containsExactly("job_copy", "job_copy_2", "job_copy_public.foreign");
        assertThat(subscriber.rows("select consumer_id from londiste.copy_consumer"))
                .isEmpty();
        assertThat(subscriber.rows("select consumer_id from londiste.completed"))
                .isEmpty();
    }

    @Test
    void aCopyTakesAnotherNameIfItsNameBelongsToSomethingElse() {
        register("job_copy_public.item", "job_copy_public.item_2");
        long place = provider.number("select max(sub_last_tick) from pgq.subscription");
        subscriber.sql("insert into londiste.completed values ('job_copy_public.item_3', 4711)");

        job.add("item").start().awaitOk();

        awaitConsumers("job", "job_copy_public.item", "job_copy_public.item_2");
        assertThat(provider.rows("select distinct sub_last_tick from pgq.subscription"
                        + " join pgq.consumer on co_id = sub_consumer where co_name like '%item%'"))
                .containsExactly(String.valueOf(place));
        assertThat(subscriber.sql("select last_tick_id from londiste.completed where consumer_id like '%item_3'"))
                .isEqualTo("4711");
        job.awaitReplay();
        assertEqual();
    }

    @Test
    void aTableThatTheReplayStopsTakesAnotherNameIfItsNameBelongsToSomethingElse() {
        job.add("item").start().awaitOk();
        register("job_copy_public.item");
        long place =
                provider.number("select sub_last_tick from pgq.subscription join pgq.consumer on co_id = sub_consumer"
                        + " where co_name = 'job_copy_public.item'");
        subscriber.sql("alter table item add constraint refused check (v <> 'b')");
        provider.sql("insert into item values (2, 'b')");
        Awaitility.await("the table stops").atMost(Duration.ofSeconds(30)).until(() -> !subscriber
                .sql("select reason from londiste.subscriber_table")
                .equals("null"));

        subscriber.sql("alter table item drop constraint refused");

        job.awaitOk();
        awaitConsumers("job", "job_copy_public.item");
        assertThat(provider.number(
                        "select sub_last_tick from pgq.subscription join pgq.consumer on co_id = sub_consumer"
                                + " where co_name = 'job_copy_public.item'"))
                .isEqualTo(place);
        assertEqual();
    }

    @Test
    void anUpgradeAdoptsACatchUpThatAnEarlierVersionHasBegun() {
        job.add("item").start().awaitOk();
        job.stop();
        long here = subscriber.number("select last_tick_id from londiste.completed where consumer_id = 'job'");
        provider.sql("select pgq.register_consumer_at('queue', 'job_copy_public.item', ?)", here);
        subscriber.sql("insert into londiste.completed values ('job_copy_public.item', ?)", here);
        subscriber.sql("update londiste.subscriber_table set merge_state = 'catching-up';" + BEFORE_RECORDS);
        provider.sql("insert into item values (2, 'b')");

        upgrade();
        assertThat(subscriber.rows("select * from londiste.copy_consumer"))
                .containsExactly("job_copy_public.item|job|queue|public.item");
        job.start().awaitOk().awaitReplay();

        awaitConsumers("job");
        assertEqual();
    }

    @Test
    void aCopyThatAnEarlierVersionHasBegunKeepsItsConsumer() {
        job.add("item").start().awaitOk();
        job.stop();
        register("job_copy_public.item");
        subscriber.sql("update londiste.subscriber_table set merge_state = 'in-copy';" + BEFORE_RECORDS);
        provider.sql("insert into item values (2, 'b')");

        upgrade();
        job.start().awaitOk().awaitReplay();

        awaitConsumers("job");
        assertEqual();
    }

    private void upgrade() {
        new Installer(subscriber.dataSource()).installLondisteSubscriber();
    }
}
