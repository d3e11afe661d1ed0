package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.daemon.ExitCode;
import java.sql.Connection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code provider adopt}, after dump and restore moved the provider to another database cluster. */
class AdoptIT extends JobFixture {
    @BeforeEach
    void replicate() {
        onBoth("create table t (id int primary key, v text)");
        provider.sql("insert into t values (1, 'a')");
        install();
        terminal.ok(config, "provider", "add", "t");
        terminal.ok(config, "subscriber", "add", "t");
        terminal.ok("-q", config, "replay", "--once");
    }

    /** The queue as a dump brings it to a cluster with smaller transaction ids, and a change that is lost there. */
    private void move() {
        provider.sql(
                "update pgq.cluster set system_identifier = system_identifier - 1, print = 'of the other cluster'");
        provider.sql("update pgq.tick set tick_snapshot = '9000000:9000000:'");
        provider.sql("update pgq.queue set queue_switch_step1 = 9000000, queue_switch_step2 = 9000001");
        provider.sql("insert into t values (2, 'before it was noticed')");
    }

    @Test
    void aMovedProviderIsAdoptedAndItsTablesAreCopiedAgain() {
        move();
        var refused = terminal.londiste("-q", config, "replay", "--once");
        assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).contains("belong to another database cluster", "provider adopt");

        var result = terminal.londiste(config, "provider", "adopt");

        assertThat(result.code()).isEqualTo(ExitCode.OK);
        assertThat(result.err())
                .contains("WARN: Adopted 1 queues of provider ")
                .contains("The replay of job will copy all its tables again");
        assertThat(subscriber.rows("select merge_state is null from londiste.subscriber_table"))
                .containsExactly("t");
        terminal.ok("-q", config, "replay", "--once");
        provider.sql("update t set v = 'c' where id = 1; insert into t values (3, 'after')");
        terminal.ok("-q", config, "replay", "--once");
        assertThat(subscriber.rows("select t::text from t order by id"))
                .isEqualTo(provider.rows("select t::text from t order by id"))
                .hasSize(3);
    }

    @Test
    void nothingIsAdoptedWhereNothingWasMoved() {
        var result = terminal.londiste(config, "provider", "adopt");

        assertThat(result.code()).isEqualTo(ExitCode.OK);
        assertThat(result.err()).contains("belong to its database cluster: nothing to adopt");
        assertThat(subscriber.rows("select merge_state from londiste.subscriber_table"))
                .containsExactly("ok");
    }

    @Test
    void aRunningReplayIsNotReset() throws Exception {
        move();
        try (Connection other = subscriber.connect();
                var lock = other.createStatement()) {
            lock.execute("select pg_advisory_lock(hashtext('londiste.replay'), hashtext('job'))");

            var result = terminal.londiste(config, "provider", "adopt");

            assertThat(result.code()).isEqualTo(ExitCode.FAILED);
            assertThat(result.err()).contains("the replay of job runs; stop it first", "nothing was changed");
        }
        assertThat(provider.sql("select print from pgq.cluster")).isEqualTo("of the other cluster");
    }
}
