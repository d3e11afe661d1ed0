package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Job;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatusIT extends JobFixture {
    @BeforeEach
    void replicate() {
        install();
        onBoth("create table t (id int primary key, v text)");
        terminal.ok(config, "provider", "add", "t");
        terminal.ok(config, "subscriber", "add", "--expect-sync", "t");
    }

    private Terminal.Result status(String... more) {
        var command = new ArrayList<>(List.of(config, "status"));
        command.addAll(List.of(more));
        return terminal.londiste(command.toArray(String[]::new));
    }

    @Test
    void allIsWellWhileAReplayWorks() throws Exception {
        var lock = ComparisonRoutes.lockReplay(subscriber);
        try (lock;
                var job = new Job(provider, subscriber)) {
            job.start();
            provider.sql("insert into t values (1, 'x')");
            job.awaitReplay();

            var status = status();
            var json = status("--json");

            assertThat(status.out().lines())
                    .satisfiesExactly(
                            line -> assertThat(line).isEqualTo("job job: all is well"),
                            line -> assertThat(line).startsWith("  provider    PostgreSQL "),
                            line -> assertThat(line).startsWith("  subscriber  PostgreSQL "),
                            line -> assertThat(line)
                                    .matches("  replay      .*, backend \\d+, lag \\d+\\.\\d s, at tick \\d+"),
                            line -> assertThat(line)
                                    .matches(
                                            "  queue       queue, last tick .* ago.*B, slowest consumer job, lag .* s"),
                            line -> assertThat(line).isEqualTo("  tables      1 ok"),
                            line -> assertThat(line).isEqualTo("  compared    never"));
            assertThat(status.err()).isEmpty();
            assertThat(status.code()).isZero();
            assertThat(json.out())
                    .contains("\"ok\":true,\"problems\":[]", "\"tables\":[{\"state\":\"ok\",\"count\":1}]")
                    .hasLineCount(1);
        }
    }

    @Test
    void whatIsWrongIsSaidWithTheRemedy() throws Exception {
        provider.sql("select pgq.unregister_consumer('queue', 'job')");
        assertThat(status().out())
                .startsWith("job job: 1 problem\n  ! consumer job is not registered on queue queue of ")
                .contains("has tables in sync; changes are lost", config + " subscriber unregister, and start it\n");
        subscriber.sql("update londiste.subscriber_table set merge_state = null");
        assertThat(status().out())
                .startsWith("job job: 1 problem\n  ! consumer job is not registered on queue queue; start the replay");

        provider.sql("select pgq.register_consumer('queue', 'job')");
        subscriber.sql("update londiste.subscriber_table set reason = 'value too long'");
        var stopped = status();
        assertThat(stopped.out()).startsWith("""
                job job: 2 problems
                  ! no replay of job runs; start it (londiste -d %s replay)
                  ! table public.t is stopped: value too long
                """.formatted(config));
        assertThat(stopped.code()).isEqualTo(1);
        assertThat(status("--json").out()).contains("\"ok\":false", "\"replay\":null");
    }

    @Test
    void eventsThatNoTickerTicksAreAProblem() throws Exception {
        provider.sql("insert into t values (1, 'x')");
        var lock = ComparisonRoutes.lockReplay(subscriber);
        try (lock) {
            assertThat(status().out())
                    .contains(
                            "job job: 1 problem\n  ! events of queue queue have been waiting for a tick for more than ")
                    .contains("start it (pgqadm -d ticker.ini ticker)", "events wait for the next");
        }
    }

    @Test
    void aServerThatDoesNotRespondIsAProblem() {
        var nowhere = terminal.job("host=127.0.0.1 port=1 dbname=none", subscriber.libpq());

        var status = terminal.londiste(nowhere, "status");

        assertThat(status.out())
                .startsWith("job job: 2 problems\n  ! provider none at 127.0.0.1:1: no server answers there")
                .contains("  provider    does not respond\n", "  tables      1 ok\n");
        assertThat(status.code()).isEqualTo(1);
    }

    @Test
    void watchShowsItAgainUntilItsOutputIsClosed() throws Exception {
        var typed = new Shell(directory).type("londiste conf.ini status --watch 1 | grep -m 2 '^job job'");

        assertThat(typed.said()).startsWith("job job: 1 problem\n".repeat(2));
        assertThat(typed.code()).isZero();
    }

    @Test
    void watchWithoutAPauseIsWrong() {
        var wrong = status("--watch", "0");

        assertThat(wrong.err()).startsWith("londiste: --watch needs at least 1 second, not 0");
        assertThat(wrong.code()).isEqualTo(2);
    }
}
