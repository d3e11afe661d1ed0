package io.londiste.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.londiste.demo.PgCluster.Stop;
import io.londiste.digest.Comparison;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.error.LondisteException;
import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Comparisons and repairs that end in the middle, in whatever way: nobody waits for them longer than lock_timeout. */
@ExtendWith(PostgresPair.class)
class ComparisonKillIT {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String TABLES =
            "create table one (id int primary key, v text); create table two (id int primary key, v text)";
    private static final String TICKS_LOCKED =
            "select count(*) from pg_locks where relation = 'pgq.tick'::regclass and mode = 'ShareRowExclusiveLock' and granted";

    private static final String TICKS_AWAITED = TICKS_LOCKED.replace("and granted", "and not granted");

    private final List<AutoCloseable> closing = new ArrayList<>();

    @TempDir
    private Path directory;

    private Db provider;
    private Db subscriber;
    private Job job;
    private Path ini;

    @BeforeEach
    void replicate(@Provider Db provider, @Subscriber Db subscriber) throws SQLException, IOException {
        this.provider = provider;
        this.subscriber = subscriber;
        provider.sql(TABLES);
        provider.sql(
                "insert into one select i, 'v' from generate_series(1, 1000) i; insert into two select * from one");
        subscriber.sql(TABLES);
        job = new Job(provider, subscriber).with("lock_timeout", "3");
        job.add("one", "two").start().awaitOk();
        ini = Files.writeString(directory.resolve("conf.ini"), job.ini());
        takeJob();
    }

    @AfterEach
    void end() throws Exception {
        for (var each : closing) {
            each.close();
        }
        job.close();
    }

    private void takeJob() throws SQLException {
        closing.add(ComparisonRoutes.lockReplay(subscriber));
    }

    /** A transaction of somebody else. */
    private Connection hold(Db db, String statement) throws SQLException {
        var connection = db.connect();
        closing.add(connection);
        connection.setAutoCommit(false);
        connection.createStatement().execute(statement);
        return connection;
    }

    private DaemonProcess begin(String... command) throws IOException {
        var process = DaemonProcess.command(ini, command);
        closing.add(process);
        process.start();
        return process;
    }

    /**
     * Begins a command and makes a change for which the replay will wait a second, and no longer, when it has got a tick.
     * The command, which takes longer to start, is the first to lock the ticks after that.
     */
    private DaemonProcess beginBeforeTheReplayWaits(String... command) throws Exception {
        var ticks = hold(provider, "lock table pgq.tick in share row exclusive mode");
        provider.sql("update one set v = 'late' where id = 1");
        var process = begin(command);
        awaitNumber(provider, TICKS_AWAITED, 1);
        ticks.rollback();
        return process;
    }

    private static void awaitNumber(Db db, String query, long wanted) {
        await(query).atMost(LONG).until(() -> db.number(query) == wanted);
    }

    private List<Comparison> compare() {
        try (var routes = new ComparisonRoutes(job.settings())) {
            return routes.compare();
        }
    }

    private void assertNothingIsHeldUp() throws SQLException {
        provider.sql("update one set v = v || 'x' where id < 10");
        job.awaitReplay();
        awaitNumber(provider, TICKS_LOCKED, 0);
        assertThat(compare()).extracting(Comparison::outcome).containsExactly(Outcome.EQUAL, Outcome.EQUAL);
    }

    @Test
    void killedWhileItHoldsTheTicks() throws Exception {
        var barriers = hold(subscriber, "lock table londiste.barrier in exclusive mode");
        var command = begin("compare");
        awaitNumber(provider, TICKS_LOCKED, 1);

        command.kill();

        awaitNumber(provider, TICKS_LOCKED, 0);
        barriers.rollback();
        assertNothingIsHeldUp();
    }

    @Test
    void killedWhileItWaitsForTheReplay() throws Exception {
        var reader = hold(subscriber, "lock table one in share mode");
        var command = beginBeforeTheReplayWaits("compare");
        awaitNumber(subscriber, "select count(*) from londiste.barrier", 1);

        command.kill();

        reader.rollback();
        assertNothingIsHeldUp();
    }

    @Test
    void killedWhileItCompares() throws Exception {
        var writer = hold(provider, "lock table two in access exclusive mode");
        var command = begin("compare");
        awaitNumber(
                provider,
                "select count(*) from pg_locks where relation = 'two'::regclass and mode = 'AccessShareLock' and not granted",
                1);
        provider.sql("update one set v = 'meanwhile' where id = 1");
        job.awaitReplay();

        command.kill();

        writer.rollback();
        assertNothingIsHeldUp();
    }

    private static String tableLocks(boolean granted) {
        return "select count(*) from pg_locks where relation = 'one'::regclass and mode = 'ShareLock' and granted = "
                + granted;
    }

    @Test
    void killedWhileItWaitsForTheTablesLock() throws Exception {
        var writer = hold(provider, "update one set v = 'mine' where id = 1");
        var command = begin("compare", "--lock");
        awaitNumber(provider, tableLocks(false), 1);

        command.kill();

        awaitNumber(provider, tableLocks(false), 0);
        writer.rollback();
        assertNothingIsHeldUp();
    }

    @Test
    void killedWhileItHoldsTheTablesLock() throws Exception {
        var reader = hold(subscriber, "lock table one in share mode");
        var command = beginBeforeTheReplayWaits("compare", "--lock");
        awaitNumber(provider, tableLocks(true), 1);

        command.kill();

        awaitNumber(provider, tableLocks(true), 0);
        reader.rollback();
        assertNothingIsHeldUp();
    }

    @Test
    void killedWhileItRepairs() throws Exception {
        subscriber.sql("update one set v = 'wrong' where id = 500");
        var writer = hold(subscriber, "select from one where id = 500 for update");
        var command = begin("repair", "--apply", "one");
        awaitNumber(
                subscriber,
                "select count(*) from pg_stat_activity where query like 'update%one%' and wait_event_type = 'Lock'"
                        + " and datname = current_database()",
                1);

        command.kill();

        provider.sql("update two set v = 'meanwhile' where id = 1");
        job.awaitReplay();
        writer.rollback();
        subscriber.sql("update one set v = 'v' where id = 500");
        assertNothingIsHeldUp();
    }

    @Test
    void aFrozenRepairDoesNotHoldUpTheReplay() throws Exception {
        subscriber.sql("update one set v = 'wrong' where id = 500");
        var writer = hold(subscriber, "select from one where id = 500 for update");
        var command = begin("repair", "--apply", "one");
        awaitNumber(
                subscriber,
                "select count(*) from pg_stat_activity where query like 'update%one%' and wait_event_type = 'Lock'"
                        + " and datname = current_database()",
                1);

        command.freeze();
        writer.rollback();

        provider.sql("update two set v = 'meanwhile' where id = 1");
        job.awaitReplay();
        assertThat(subscriber.sql("select v from one where id = 500")).isEqualTo("wrong");
        command.kill();
        subscriber.sql("update one set v = 'v' where id = 500");
        assertNothingIsHeldUp();
    }

    @Test
    void aSubscriberThatDoesNotAnswerHoldsNoTickUp() throws Exception {
        var barriers = hold(subscriber, "lock table londiste.barrier in exclusive mode");

        assertThatThrownBy(this::compare)
                .isInstanceOf(LondisteException.class)
                .hasMessageContaining("subscriber")
                .hasMessageContaining("does not answer in time");

        assertThat(provider.number(TICKS_LOCKED)).isZero();
        barriers.rollback();
        assertNothingIsHeldUp();
    }

    @Test
    void aReplayThatEndsCancelsIt() throws Exception {
        var reader = hold(subscriber, "lock table one in share mode");
        provider.sql("update one set v = 'late' where id = 1");
        var comparing = inBackground();
        awaitNumber(subscriber, "select count(*) from londiste.barrier", 1);
        reader.rollback();
        job.stop();

        // it may have come to the tick at the last moment
        comparing
                .handle((results, error) -> error == null ? "" : error.getMessage())
                .thenAccept(message -> assertThat(message).matches("|.*did not come to tick.*"))
                .join();

        job.start();
        assertNothingIsHeldUp();
    }

    @Test
    void aProviderThatCrashesCancelsIt() throws Exception {
        crash(provider, provider);
    }

    @Test
    void aSubscriberThatCrashesCancelsIt() throws Exception {
        crash(subscriber, provider);
    }

    private void crash(Db crashing, Db waiting) throws Exception {
        hold(waiting, "lock table two in access exclusive mode");
        var comparing = inBackground();
        awaitNumber(
                waiting,
                "select count(*) from pg_locks where relation = 'two'::regclass and mode = 'AccessShareLock' and not granted",
                1);
        crashing.control().restart(Stop.IMMEDIATE);
        closeAll();

        assertThat(comparing
                        .handle((results, error) -> error == null ? results.toString() : error.getMessage())
                        .join())
                .as("result or error")
                .containsAnyOf(crashing == provider ? "provider" : "subscriber");

        takeJob();
        assertNothingIsHeldUp();
    }

    private void closeAll() throws Exception {
        for (var each : closing) {
            each.close();
        }
        closing.clear();
    }

    private CompletableFuture<List<Comparison>> inBackground() {
        return CompletableFuture.supplyAsync(this::compare);
    }

    @Test
    void severalAtOnceWaitForOneAnother() {
        var all = new ArrayList<CompletableFuture<List<Comparison>>>();
        for (int i = 0; i < 5; i++) {
            all.add(inBackground());
        }
        assertThat(all).allSatisfy(comparing -> assertThat(comparing.join())
                .extracting(Comparison::outcome)
                .containsExactly(Outcome.EQUAL, Outcome.EQUAL));
    }
}
