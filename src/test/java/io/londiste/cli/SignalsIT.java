package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.londiste.daemon.ExitCode;
import io.londiste.test.OwnFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each kind of process does on each signal, and its exit code; the table of signals in operations.md. */
class SignalsIT extends DaemonFixture {
    /** Runs a command as the first process of a namespace of its own, as containers do. */
    private static final String UNSHARE = "unshare --pid --fork --kill-child --mount-proc ";

    private static final String BATCHES_AT_GATE = "select count(distinct pid) from pg_locks"
            + " where relation = 't'::regclass and mode = 'RowExclusiveLock' and granted";

    private Process container;

    @BeforeEach
    void install() {
        shell.install();
    }

    @AfterEach
    void endContainer() {
        if (container != null) {
            container.destroyForcibly().onExit().join();
        }
    }

    /** Starts a replay with {@code container.ini}, whose pid file has a number that means another process outside. */
    private void startContainer(String command) throws Exception {
        assumeThat(shell.type(UNSHARE + "true").code())
                .as("unshare is allowed here")
                .isZero();
        write("container");
        container = start(UNSHARE + command);
        awaitLog("container", "Started container.ini");
    }

    /** Writes another INI file of the job, whose pid file and log have other names. */
    private void write(String name) throws IOException {
        OwnFile.write(
                directory.resolve(name + ".ini"),
                Files.readString(directory.resolve("conf.ini")).replace("%(job_name)s", name));
    }

    /** Starts a command, whose process is then that of its Java program. */
    private Process start(String command) throws IOException {
        return shell.start("exec " + command, "said.txt");
    }

    /** Starts the replay in the foreground and returns when it works. */
    private Process startReplay() throws IOException {
        var replay = start("londiste conf.ini replay");
        awaitLog("job", "Started conf.ini");
        return replay;
    }

    private void awaitLog(String job, String message) {
        await(message)
                .untilAsserted(() ->
                        assertThat(directory.resolve(job + ".log")).content().contains(message));
    }

    private void awaitSaid(String message) {
        await(message)
                .untilAsserted(() ->
                        assertThat(directory.resolve("said.txt")).content().contains(message));
    }

    private static void send(String signal, long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                        .start()
                        .waitFor())
                .as("kill -%s %d", signal, pid)
                .isZero();
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(2, TimeUnit.MINUTES))
                .as("the process has ended")
                .isTrue();
        return process.exitValue();
    }

    /** A table whose rows wait on the subscriber until the gate is opened, replicated by a running replay. */
    private void addTableWithGate() throws Exception {
        onBoth("create table t (id int primary key)");
        shell.add("t");
        shell.succeed("londiste conf.ini replay --once");
        subscriber.sql("""
                create table gate ();
                create function pass() returns trigger language plpgsql as $$
                begin
                  while not exists (select from gate) loop perform pg_sleep(0.05); end loop;
                  return new;
                end $$;
                create trigger pass before insert on t for each row execute function pass()
                """);
        set("conf.ini", "embedded_ticker = 1");
    }

    private void awaitBatchAtGate() {
        provider.sql("insert into t values (1)");
        await("the batch waits").until(() -> subscriber.number(BATCHES_AT_GATE) == 1);
    }

    private void openGate() {
        subscriber.sql("insert into gate default values");
    }

    private long rows() {
        return subscriber.number("select count(*) from t");
    }

    @ParameterizedTest
    @CsvSource({"INT, stopping after the current batch", "TERM, stopping within 5 s"})
    void replayAndTickerStopInOrder(String signal, String message) throws Exception {
        var replay = startReplay();
        var ticker = shell.start("exec pgqadm ticker.ini ticker", "ticker.txt");
        awaitLog("ticker", "Started ticker.ini");

        send(signal, replay.pid());
        send(signal, ticker.pid());

        assertThat(exitCode(replay)).isZero();
        assertThat(exitCode(ticker)).isZero();
        for (var job : new String[] {"job", "ticker"}) {
            assertThat(shell.log(job)).contains("SIG" + signal + " received: " + message, "Stopped");
            assertThat(shell.pid(job)).isEmpty();
        }
    }

    @Test
    void aStandbyStopsAtOnce() throws Exception {
        startReplay();
        write("second");
        var standby = shell.start("exec londiste second.ini replay", "second.txt");
        awaitLog("second", "Waiting as a standby");

        send("TERM", standby.pid());

        assertThat(exitCode(standby)).isZero();
        assertThat(shell.log("second")).contains("SIGTERM received", "Stopped");
    }

    @Test
    void aBatchThatTakesLongIsRolledBackBySigtermAndAppliedLater() throws Exception {
        addTableWithGate();
        var replay = startReplay();
        awaitBatchAtGate();

        shell.succeed("londiste -k conf.ini");

        assertThat(exitCode(replay)).isEqualTo(ExitCode.BY_TERM);
        assertThat(shell.log("job")).contains("Not stopped after 5 s: ending now.");
        assertThat(shell.pid("job")).isEmpty();
        await("the server has noticed it").until(() -> subscriber.number(BATCHES_AT_GATE) == 0);
        openGate();
        assertThat(rows()).isZero();

        shell.succeed("londiste conf.ini replay --once");
        assertThat(rows()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"INT, INT, 130", "INT, TERM, 143", "TERM, INT, 130"})
    void aSecondSignalEndsAtOnce(String first, String second, int code) throws Exception {
        addTableWithGate();
        var replay = startReplay();
        awaitBatchAtGate();
        send(first, replay.pid());
        awaitLog("job", "SIG" + first + " received: ");

        await("ended").until(() -> {
            // the same signal soon after the first is taken for its echo
            new ProcessBuilder("kill", "-" + second, Long.toString(replay.pid()))
                    .start()
                    .waitFor();
            return !replay.isAlive();
        });

        assertThat(replay.exitValue()).isEqualTo(code);
        assertThat(shell.log("job")).contains("SIG" + second + " received while stopping: ending at once.");
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void onceIsNotDoneIfItWasInterrupted(String signal, int code) throws Exception {
        onBoth("create table t (id int primary key)");
        shell.add("t");
        set("conf.ini", "lock_timeout = 600");
        try (var locking = provider.connect()) {
            locking.setAutoCommit(false);
            locking.createStatement().execute("lock table t in access exclusive mode");
            var replay = start("londiste conf.ini replay --once");
            await("the copy waits")
                    .until(() -> provider.number(
                                    "select count(*) from pg_locks where relation = 't'::regclass and not granted")
                            == 1);

            send(signal, replay.pid());
            awaitLog("job", "INFO  job: Stopping");
            locking.commit();

            assertThat(exitCode(replay)).as(shell.log("job")).isEqualTo(code);
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aCommandEndsAtOnce(String signal, int code) throws Exception {
        onBoth("create table t (id int primary key)");
        try (var replay = subscriber.connect();
                var lock = replay.createStatement()) {
            lock.execute("select pg_advisory_lock(hashtext('londiste.replay'), hashtext('job'))"); // as if one ran
            shell.succeed("londiste conf.ini provider add t");
            var defaults = "env --default-signal=INT "; // the shell of the test ignores it, and so would the command
            var adding = start(defaults + "londiste conf.ini subscriber add --wait t");
            awaitSaid("Added public.t");

            send(signal, adding.pid());

            assertThat(exitCode(adding)).isEqualTo(code);
            assertThat(subscriber.rows("select table_name from londiste.subscriber_table"))
                    .containsExactly("public.t");
        }
    }

    @Test
    void aStopSaysWhatItWaitsFor() throws Exception {
        addTableWithGate();
        var replay = startReplay();
        awaitBatchAtGate();
        var stop = shell.start("londiste -s conf.ini", "stop.txt");

        await().untilAsserted(() -> assertThat(directory.resolve("stop.txt"))
                .content()
                .contains("process " + replay.pid() + " of job has not ended after 5 s: it completes its batch")
                .contains("londiste -k conf.ini ends it at once"));
        assertThat(replay.isAlive()).isTrue();
        openGate();

        assertThat(exitCode(stop)).isZero();
        assertThat(exitCode(replay)).isZero();
    }

    @Test
    void aStopOfATickerSpeaksOfItsOwnWork() throws Exception {
        provider.sql("create table gate ()");
        provider.sql("""
                create or replace function pgq.maint_retry_events() returns integer language plpgsql as $$
                begin
                  while not exists (select from public.gate) loop perform pg_sleep(0.05); end loop;
                  return 0;
                end $$
                """);
        var ticker = shell.start("exec pgqadm ticker.ini ticker", "ticker.txt");
        await("a round of maintenance at the gate")
                .until(() -> provider.number("select count(*) from pg_stat_activity where query like"
                                + " '%maint_retry_events%' and state = 'active' and pid <> pg_backend_pid()"
                                + " and datname = current_database()")
                        == 1);
        var stop = shell.start("pgqadm -s ticker.ini", "stop.txt");

        await().untilAsserted(() -> assertThat(directory.resolve("stop.txt"))
                .content()
                .contains(
                        "process " + ticker.pid() + " of ticker has not ended after 5 s: it completes its tick and its"
                                + " round of maintenance. pgqadm -k ticker.ini ends it at once")
                .doesNotContain("cop"));
        provider.sql("insert into gate default values");

        assertThat(exitCode(stop)).isZero();
        assertThat(exitCode(ticker)).isZero();
    }

    @Test
    void aSuspendedProcessIsNamed() throws Exception {
        var replay = startReplay();
        send("STOP", replay.pid());
        var stop = shell.start("londiste -s conf.ini", "stop.txt");

        await().untilAsserted(() -> assertThat(directory.resolve("stop.txt"))
                .content()
                .contains("process " + replay.pid() + " of job is suspended (SIGSTOP or Ctrl-Z)")
                .contains("kill -CONT " + replay.pid()));
        send("CONT", replay.pid());

        assertThat(exitCode(stop)).isZero();
        assertThat(exitCode(replay)).isZero();
    }

    @Test
    void aProcessThatIgnoresTheSignalIsNamed() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin/java");
        start(java + " -cp '" + System.getProperty("java.class.path") + "' io.londiste.Main conf.ini replay");
        awaitLog("job", "SIGINT is ignored, as in processes that a script starts with & or that nohup starts");
        awaitLog("job", "Started conf.ini");
        long pid = shell.pid("job").orElseThrow();

        var stop = shell.type("londiste -s conf.ini");

        assertThat(stop.code()).isEqualTo(ExitCode.FAILED);
        assertThat(stop.said())
                .isEqualTo("londiste: process " + pid
                        + " of job ignores SIGINT, as processes do that a script starts with &"
                        + " or that nohup starts; stop it with: londiste -k conf.ini\n");
        assertThat(shell.type("londiste -r conf.ini").said()).contains("ignores SIGHUP", "stop it and start it again");
        shell.succeed("londiste -k conf.ini");
        assertThat(shell.pid("job")).isEmpty();
    }

    @Test
    void aReplayInTheForegroundOfAScriptIsReloadedAndStopped() throws Exception {
        var replay = startReplay(); // its shell ignores SIGHUP and SIGINT

        shell.succeed("londiste -r conf.ini");
        shell.succeed("londiste -s conf.ini");

        assertThat(exitCode(replay)).isZero();
        assertThat(shell.log("job")).contains("Reloaded conf.ini").doesNotContain("is ignored");
    }

    @Test
    void theFirstProcessOfAContainerStopsInOrderAndLeavesNothing() throws Exception {
        startContainer("londiste container.ini replay");
        assertThat(shell.pid("container")).contains(1L);
        var replay = container.children().findFirst().orElseThrow();

        send("TERM", replay.pid());

        assertThat(exitCode(container)).isZero();
        assertThat(shell.log("container")).contains("SIGTERM received", "Stopped");
        assertThat(replay.isAlive()).isFalse();
        assertThat(shell.pid("container")).isEmpty();
    }

    @Test
    void aProcessOfAnotherContainerIsNotSignalled() throws Exception {
        startContainer("sh -c 'londiste container.ini replay; exit $?'"); // not number 1, which would be hit here
        long pid = shell.pid("container").orElseThrow();
        assertThat(pid).isGreaterThan(1);

        var stop = shell.type("londiste -s container.ini");

        assertThat(stop.code()).isEqualTo(ExitCode.FAILED);
        assertThat(stop.said())
                .startsWith("londiste: the daemon of job is not process " + pid
                        + " here, which pid file container.pid names:");
        assertThat(shell.log("container")).doesNotContain("SIGINT received");
    }
}
