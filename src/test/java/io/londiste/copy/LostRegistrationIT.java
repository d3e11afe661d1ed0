package io.londiste.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.error.LondisteException;
import io.londiste.subscriber.Position;
import io.londiste.subscriber.Subscriber;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Consumers that somebody has unregistered: no change is left out without an error that names the remedy. */
@ExtendWith(PostgresPair.class)
class LostRegistrationIT {
    private static final String TABLES =
            "create table item (id int primary key, v text); create table other (id int primary key)";
    private static final String REWIND =
            "the queue still has that tick, so nothing is lost: stop the replay, run londiste ";
    private static final String COPY_AGAIN =
            "changes are lost, so that all tables have to be copied again: stop the replay, run londiste ";

    private Db provider;
    private Db subscriber;
    private Job job;

    @BeforeEach
    void replicate(@Provider Db provider, @PostgresPair.Subscriber Db subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
        provider.sql(TABLES);
        subscriber.sql(TABLES);
        provider.sql("insert into item values (1, 'a')");
        job = new Job(provider, subscriber);
        job.add("item", "other").start().awaitOk().awaitReplay();
    }

    @AfterEach
    void stop() {
        job.close();
    }

    private static ConditionFactory soon(String what) {
        return Awaitility.await(what).atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }

    private void unregister(String consumer) {
        assertThat(provider.sql("select pgq.unregister_consumer('queue', ?)", consumer))
                .isEqualTo("1");
    }

    private boolean isRegistered(String consumer) {
        return provider.number("select count(*) from pgq.get_consumer_info('queue', ?)", consumer) == 1;
    }

    private String error() {
        return subscriber.sql("select error from londiste.completed where consumer_id = 'job'");
    }

    private void register() {
        Subscriber.connected(job.settings(), Subscriber::register);
    }

    private void rewind() {
        Position.connected(job.settings(), Position::rewind);
    }

    private void assertEqual() {
        String rows = "select t::text from item t order by id";
        assertThat(subscriber.rows(rows)).isEqualTo(provider.rows(rows));
    }

    @Test
    void aReplayWhoseConsumerIsGoneDoesNotStartUntilItIsRewound() {
        job.stop();
        unregister("job");
        provider.sql("insert into item values (2, 'b')");

        assertThatThrownBy(this::register)
                .isInstanceOf(LondisteException.class)
                .hasMessageContaining("consumer job is not registered on queue queue of provider " + provider.name())
                .hasMessageContaining(REWIND)
                .hasMessageContaining(" replay --rewind");
        assertThat(isRegistered("job")).isFalse();
        assertThat(error()).contains(REWIND);

        rewind();
        job.start().awaitReplay();
        assertEqual();
        assertThat(error()).isEqualTo("null");
    }

    @Test
    void aReplayWhosePlaceInTheQueueIsGoneHasAllTablesCopiedAgain() {
        job.stop();
        unregister("job");
        provider.sql("insert into item values (2, 'b'); select pgq.force_tick('queue')");
        provider.sql("select pgq.ticker('queue')");
        provider.sql("delete from pgq.tick where tick_id < (select max(tick_id) from pgq.tick)");

        assertThatThrownBy(this::register)
                .isInstanceOf(LondisteException.class)
                .hasMessageContaining(COPY_AGAIN)
                .hasMessageContaining(" subscriber unregister");
        assertThatThrownBy(this::rewind).isInstanceOf(LondisteException.class);

        Subscriber.connected(job.settings(), Subscriber::unregister);
        job.start().awaitOk().awaitReplay();
        assertEqual();
    }

    @Test
    void tablesInSyncWithoutAPositionAreEnoughToRefuseANewRegistration() {
        job.stop();
        Position.connected(job.settings(), Position::reset);
        unregister("job");

        assertThatThrownBy(this::register)
                .isInstanceOf(LondisteException.class)
                .hasMessageContaining("although subscriber " + subscriber.name())
                .hasMessageContaining("has tables in sync; " + COPY_AGAIN);
    }

    @Test
    void aRunningReplayWhoseConsumerVanishesReportsItAndIsNotRegisteredAgain() {
        unregister("job");
        provider.sql("insert into item values (2, 'b')");

        soon("the error is recorded").until(() -> error().contains(REWIND));
        soon("the replay has tried again")
                .until(() -> job.running().status().failure().times() > 2);
        assertThat(isRegistered("job")).isFalse();
        assertThat(job.running().errors().list())
                .anySatisfy(error -> assertThat(error.message()).contains("replay --rewind"));

        job.stop();
        rewind();
        job.start().awaitReplay();
        assertEqual();
        assertThat(error()).isEqualTo("null");
    }

    /** Keeps the catch-up of item before its first batch, and its consumer unregistered from there. */
    private String loseCatchUp(String state) {
        job.stop();
        long here = subscriber.number("select last_tick_id from londiste.completed where consumer_id = 'job'");
        subscriber.sql("insert into londiste.completed values ('job_copy_public.item', ?)", here);
        subscriber.sql("update londiste.subscriber_table set merge_state = ? where table_name = 'public.item'", state);
        provider.sql("insert into item values (2, 'b')");
        job.start();
        String reason = "select reason from londiste.subscriber_table where table_name = 'public.item'";
        soon("the table stops").until(() -> !subscriber.sql(reason).equals("null"));
        return subscriber.sql(reason);
    }

    private void assertStopsUntilItIsCopiedAgain(String state) {
        String reason = loseCatchUp(state);

        assertThat(reason)
                .isEqualTo(
                        "its consumer job_copy_public.item is not registered on queue queue any more, so changes of the"
                                + " table may be lost; copy it again (subscriber resync public.item)");
        assertThat(isRegistered("job_copy_public.item")).isFalse();
        provider.sql("insert into other values (1)");
        job.awaitReplay();
        assertThat(subscriber.number("select count(*) from other")).isEqualTo(1);

        subscriber.sql("select londiste.subscriber_resync_table('queue', 'item')");
        job.awaitOk().awaitReplay();
        assertEqual();
    }

    @Test
    void aTableThatIsCatchingUpStopsIfItsConsumerIsGone() {
        assertStopsUntilItIsCopiedAgain("catching-up");
    }

    @Test
    void aTableThatWaitsForTheReplayStopsIfItsConsumerIsGone() {
        assertStopsUntilItIsCopiedAgain("wanna-sync:" + provider.number("select max(tick_id) from pgq.tick"));
    }

    @Test
    void aTableThatTheReplayWaitsForStopsIfItsConsumerIsGone() {
        assertStopsUntilItIsCopiedAgain("do-sync:"
                + subscriber.number("select last_tick_id from londiste.completed where consumer_id = 'job'"));
    }
}
