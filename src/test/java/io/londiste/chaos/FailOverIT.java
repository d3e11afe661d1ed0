package io.londiste.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.error.LondisteException;
import io.londiste.subscriber.Position;
import io.londiste.test.ReplicationFixture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The provider fails over to a standby that lacked the last ticks, and makes others with the same numbers. */
class FailOverIT extends ReplicationFixture {
    private static final String TABLE = "create table t (id integer primary key, v text)";

    private long common;
    private long lost;

    /** Afterwards the replay is stopped, and the provider is as if the last tick and its changes had never been. */
    @BeforeEach
    void failOver() {
        onBoth(TABLE);
        provider.sql("insert into t values (1, 'common')");
        job.add("t").start().awaitOk().awaitReplay();
        job.stop();
        common = provider.number("select sub_last_tick from pgq.subscription");
        provider.sql("insert into t values (2, 'lost')");
        job.start().awaitReplay();
        job.stop();
        lost = subscriber.number("select last_tick_id from londiste.completed where consumer_id = 'job'");

        provider.sql("""
                begin;
                set local session_replication_role = local;
                delete from t where id = 2;
                update pgq.subscription set sub_last_tick = %1$s, sub_batch = null, sub_next_tick = null;
                delete from pgq.tick where tick_id > %1$s;
                select setval(queue_tick_seq::regclass, %1$s) from pgq.queue;
                commit
                """.formatted(common));
        provider.sql("insert into t values (3, 'new')");
        job.with("embedded_ticker", "0");
    }

    private long tick() {
        provider.sql("select pgq.force_tick('queue')");
        return provider.number("select pgq.ticker('queue')");
    }

    private String error() {
        return subscriber.sql("select error from londiste.completed where consumer_id = 'job'");
    }

    @Test
    void aTickThatByChanceHasTheNumberOfALostOneIsNotTakenForIt() {
        while (tick() < lost) {
            // up to the very number at which the subscriber is
        }

        job.start();

        Awaitility.await("the error").until(() -> error().contains("failed over"));
        assertThat(error())
                .contains("lost position: the subscriber has applied queue queue as consumer job up to tick " + lost
                        + " of ")
                .contains("but the provider's is tick " + lost + " of ")
                .contains("--reset", "compare", "resync");
        assertThat(provider.number("select sub_last_tick from pgq.subscription"))
                .as("no batch is finished")
                .isEqualTo(common);
        job.stop();

        Position.connected(job.settings(), Position::reset);
        subscriber.sql("select londiste.subscriber_resync_table('queue', 't')");
        job.with("embedded_ticker", "1").start().awaitOk().awaitReplay();
        assertEqual("t");
    }

    @Test
    void aBatchThatBeginsAtSuchATickIsNotApplied() {
        while (tick() < lost) {
            // up to the very number at which the subscriber is
        }
        provider.sql("select pgq.register_consumer_at('queue', 'job', ?)", lost);
        tick();

        job.start();

        Awaitility.await("the error").until(() -> error().contains("failed over"));
        assertThat(subscriber.rows("select v from t order by id")).containsExactly("common", "lost");
    }

    @Test
    void theConsumerIsNotRewoundToSuchATick() {
        while (tick() < lost) {
            // up to the very number at which the subscriber is
        }

        assertThatThrownBy(() -> Position.connected(job.settings(), Position::rewind))
                .isInstanceOf(LondisteException.class)
                .hasMessageContaining("up to tick " + lost + " of ")
                .hasMessageContaining("failed over to a standby that lacked the last ticks");
        assertThat(provider.number("select sub_last_tick from pgq.subscription"))
                .isEqualTo(common);
    }

    @Test
    void aPositionFromBeforeMarksWereKeptIsAccepted() {
        subscriber.sql("update londiste.completed set tick_mark = null, last_tick_id = ?", common);

        job.with("embedded_ticker", "1").start().awaitReplay();

        assertThat(subscriber.rows("select v from t order by id")).containsExactly("common", "lost", "new");
        assertThat(subscriber.sql("select tick_mark from londiste.completed where consumer_id = 'job'"))
                .contains(" at event ");
    }
}
