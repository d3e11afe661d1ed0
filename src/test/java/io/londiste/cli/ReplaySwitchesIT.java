package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.daemon.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code replay --once}, {@code --rewind} and {@code --reset}; there is no ticker in any of this. */
class ReplaySwitchesIT extends JobFixture {
    @BeforeEach
    void tables() {
        onBoth("""
                create table parent (id int primary key, v text);
                create table child (id int primary key, parent int references parent)
                """);
        provider.sql("insert into parent values (1, 'a'), (2, 'b'); insert into child values (1, 1)");
        install();
        terminal.ok(config, "provider", "add", "parent", "child");
        terminal.ok(config, "subscriber", "add", "parent", "child");
    }

    private void assertEqual() {
        for (var table : new String[] {"parent", "child"}) {
            var rows = "select t::text from " + table + " t order by id";
            assertThat(subscriber.rows(rows)).as(table).isEqualTo(provider.rows(rows));
        }
    }

    @Test
    void onceCopiesAppliesAndEnds() {
        terminal.ok("-q", config, "replay", "--once");

        assertThat(subscriber.rows("select merge_state from londiste.subscriber_table"))
                .containsExactly("ok", "ok");
        assertThat(subscriber.number("select count(*) from pg_constraint where contype = 'f'"))
                .isEqualTo(1);
        assertEqual();

        provider.sql("update parent set v = 'c' where id = 2; insert into child values (2, 2)");
        terminal.ok("-q", config, "replay", "--once");

        assertEqual();
    }

    @Test
    void theConsumerMayHaveItsOwnNameAndFetchEventsOneByOne() throws IOException {
        Files.writeString(
                Path.of(config),
                "pgq_consumer_id = reader\npgq_lazy_fetch = 1\nconnection_lifetime = 1\n",
                StandardOpenOption.APPEND);
        terminal.ok("-q", config, "replay", "--once");
        provider.sql("insert into parent select i, 'new' from generate_series(10, 60) i");
        terminal.ok("-q", config, "replay", "--once");

        assertThat(provider.rows("select co_name from pgq.consumer")).containsExactly("reader");
        assertThat(subscriber.rows("select consumer_id from londiste.completed"))
                .containsExactly("reader");
        assertEqual();
    }

    @Test
    void onceFailsWithTheReasonOfATableThatStops() {
        subscriber.sql("alter table child drop column parent");

        var result = terminal.londiste("-q", config, "replay", "--once");

        assertThat(result.code()).isEqualTo(ExitCode.FAILED);
        assertThat(result.errLines())
                .last()
                .asString()
                .startsWith(
                        "londiste: table public.child is NEW: column parent of the provider's table is not on the subscriber;"
                                + " add it there, and the table is copied again (resync)");
        assertThat(subscriber.rows("select v from parent order by id")).containsExactly("a", "b");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            script: {simple: '${body.noSuchMethod()}'}; noSuchMethod
            stop: {}                                   ; the route ended before its commit step
            """)
    void onceFailsWithTheReasonOfABatchThatCannotBeApplied(String step, String reason) throws IOException {
        terminal.ok("-q", config, "replay", "--once");
        var mark = "                    # here a step";
        var route = Files.readString(Path.of("routes/replay.camel.yaml"));
        assertThat(route).contains(mark);
        Files.writeString(
                directory.resolve("replay.camel.yaml"),
                route.replace(mark, mark.replace("# here a step", "- " + step) + "\n" + mark));
        provider.sql("insert into parent values (3, 'c')");

        var result = terminal.londiste("-q", config, "replay", "--once", "--routes", directory.toString());

        assertThat(result.code()).isEqualTo(ExitCode.FAILED);
        assertThat(result.errLines())
                .last()
                .asString()
                .contains("the replay is stopped at its batch, which failed 3 times: ", reason);

        terminal.ok("-q", config, "replay", "--once");
        assertEqual();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--once", "--rewind", "--reset"})
    void noneOfThemComesBetweenAReplayThatRuns(String option) throws Exception {
        try (Connection other = subscriber.connect();
                var lock = other.createStatement()) {
            lock.execute("select pg_advisory_lock(hashtext('londiste.replay'), hashtext('job'))");

            var result = terminal.londiste("-q", config, "replay", option);

            assertThat(result.code()).isEqualTo(ExitCode.FAILED);
            assertThat(result.err()).contains("replay of job is running");
        }
    }

    @Test
    void rewindFollowsASubscriberThatWasPutBack() {
        terminal.ok("-q", config, "replay", "--once");
        long before = subscriber.number("select last_tick_id from londiste.completed");
        provider.sql("insert into parent values (3, 'after the backup'); delete from parent where id = 2");
        terminal.ok("-q", config, "replay", "--once");
        subscriber.sql("delete from parent where id = 3; insert into parent values (2, 'b')");
        subscriber.sql("update londiste.completed set last_tick_id = " + before);

        var result = terminal.londiste(config, "replay", "--rewind");

        assertThat(result)
                .isEqualTo(new Terminal.Result(
                        ExitCode.OK,
                        "",
                        "Moved consumer job of queue queue to tick " + before + ", the position of the subscriber\n"));
        terminal.ok("-q", config, "replay", "--once");
        assertEqual();
    }

    @Test
    void rewindIsRefusedWhereTheQueueDoesNotGoBackSoFar() {
        terminal.ok("-q", config, "replay", "--once");
        long place = provider.number("select sub_last_tick from pgq.subscription");
        subscriber.sql("update londiste.completed set last_tick_id = 4711");

        var result = terminal.londiste(config, "replay", "--rewind");

        assertThat(result.code()).isEqualTo(ExitCode.FAILED);
        assertThat(result.err())
                .contains("has applied queue queue up to tick 4711, but the queue only has ticks 1 to ")
                .contains("replay --reset, then subscriber resync --all");
        assertThat(provider.number("select sub_last_tick from pgq.subscription"))
                .isEqualTo(place);
    }

    @Test
    void rewindNeedsAPosition() {
        var result = terminal.londiste(config, "replay", "--rewind");

        assertThat(result.code()).isEqualTo(ExitCode.FAILED);
        assertThat(result.err()).contains("consumer job has no position there; nothing to rewind to");
    }

    @Test
    void resetForgetsThePosition() {
        terminal.ok("-q", config, "replay", "--once");
        subscriber.sql("update londiste.completed set last_tick_id = 4711");
        provider.sql("insert into parent values (3, 'x')");

        var result = terminal.londiste(config, "replay", "--reset");

        assertThat(result.code()).isZero();
        assertThat(result.err()).startsWith("WARN: Removed the position of the subscriber, tick 4711");
        terminal.ok("-q", config, "replay", "--once");
        assertEqual();
    }
}
