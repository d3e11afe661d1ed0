package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.subscriber.AddOptions;
import io.londiste.subscriber.Subscriber;
import io.londiste.subscriber.TableStatus;
import io.londiste.subscriber.TableWait;
import io.londiste.table.Selection;
import io.londiste.test.Job;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WaitIT extends JobFixture {
    private Connection replay;
    private Job job;
    private Subscriber commands;
    private final Messages messages = new Messages();

    private static final class Messages implements TableWait.Watcher {
        private final List<String> warnings = new CopyOnWriteArrayList<>();

        @Override
        public void show(List<TableStatus> tables) {
            assertThat(tables).isNotEmpty();
        }

        @Override
        public void warn(String message) {
            warnings.add(message);
        }
    }

    @BeforeEach
    void replicate() {
        onBoth("create table t (id int primary key); create table u (id int primary key)");
        provider.sql("insert into t select generate_series(1, 1000)");
        job = new Job(provider, subscriber);
        commands = new Subscriber(job.settings(), provider.dataSource(), subscriber.dataSource());
        terminal.ok(config, "provider", "add", "--all");
    }

    @AfterEach
    void stop() throws SQLException {
        job.close();
        if (replay != null) {
            replay.close();
        }
    }

    @Test
    void commandsEndWhenTheirTablesAreOk() throws SQLException {
        job.start();
        replayRuns();
        var add = terminal.londiste(config, "subscriber", "add", "--wait", "t", "u");

        assertThat(add.code()).isZero();
        assertThat(add.err().lines()).contains("Added public.t", "Added public.u", "public.t is ok", "public.u is ok");
        assertThat(job.states()).containsExactly("ok", "ok");
        assertThat(subscriber.number("select count(*) from t")).isEqualTo(1000);

        subscriber.sql("truncate t");
        var resync = terminal.londiste("-q", config, "subscriber", "resync", "--wait", "t");

        assertThat(resync).isEqualTo(new Terminal.Result(0, "", ""));
        assertThat(subscriber.number("select count(*) from t")).isEqualTo(1000);
        assertThat(terminal.londiste(config, "subscriber", "add", "--wait", "t").err())
                .isEqualTo("public.t is subscribed already\npublic.t is ok\n");
    }

    @Test
    void resyncOfAllWaitsForTablesThatAreOnTheirWayAsWell() throws SQLException {
        terminal.ok(config, "subscriber", "add", "t", "u");
        set("t", "ok", null);
        replayRuns();
        var resync = CompletableFuture.supplyAsync(
                () -> terminal.londiste(config, "subscriber", "resync", "--all", "--wait"));
        Awaitility.await().until(() -> job.states().equals(List.of("NEW", "NEW")));
        set("t", "ok", null);
        Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> !resync.isDone());

        set("u", "ok", null);

        assertThat(resync).succeedsWithin(Duration.ofSeconds(30));
        assertThat(resync.join().errLines())
                .containsExactlyInAnyOrder(
                        "public.u is NEW and continues",
                        "public.t will be copied again",
                        "public.t is ok",
                        "public.u is ok");
    }

    @Test
    void withoutAReplayTheWaitEnds() {
        var add = terminal.londiste(config, "subscriber", "add", "--wait", "t");

        var start = "start it with: londiste -d " + config + " replay";
        assertThat(add.code()).isEqualTo(1);
        assertThat(add.errLines())
                .containsExactly(
                        "Added public.t",
                        "WARN: No replay of job runs; " + start,
                        "londiste: registered, but not copied as no replay of job has run for 1 s: public.t; " + start);
    }

    @Test
    void whatHoldsTablesUpIsReportedOnceAndWaitedFor() throws SQLException {
        replayRuns();
        var waiting = await("t");
        set("t", "in-copy", "no space");
        awaitWarning(0, "public.t is stopped: no space");
        set("t", "in-copy", null);
        set("t", "in-copy", "no right");
        awaitWarning(1, "public.t is stopped: no right");

        set("t", "ok", null);

        assertThat(waiting).succeedsWithin(Duration.ofSeconds(30));
        assertThat(messages.warnings).hasSize(2);
    }

    @Test
    void aTableThatIsRemovedIsNotWaitedForAnyMore() throws SQLException {
        replayRuns();
        var waiting = await("t");

        terminal.ok(config, "subscriber", "remove", "t");

        assertThatThrownBy(waiting::join).hasMessageContaining("no longer subscribed: public.t");
    }

    /** Has the job's lock taken until the end of the test, as its replay has it while it runs. */
    private void replayRuns() throws SQLException {
        replay = subscriber.connect();
        try (var lock = replay.createStatement()) {
            lock.execute("select pg_advisory_lock(hashtext('londiste.replay'), hashtext('job'))");
        }
    }

    private CompletableFuture<Void> await(String table) {
        var tables = commands.add(Selection.of(table), AddOptions.NONE);
        return CompletableFuture.runAsync(() -> commands.await(tables, messages));
    }

    private void awaitWarning(int index, String warning) {
        Awaitility.await().until(() -> messages.warnings.size() > index);
        assertThat(messages.warnings.get(index)).isEqualTo(warning);
    }

    private void set(String table, String state, String reason) {
        subscriber.sql(
                "update londiste.subscriber_table set merge_state = ?, reason = ? where table_name = 'public.' || ?",
                state,
                reason,
                table);
    }
}
