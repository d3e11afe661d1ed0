package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.test.OwnFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The man page's QUICK-START, typed as printed, and the life of its daemons. */
class QuickStartIT extends QuickStartFixture {
    private void startDaemons() throws IOException, InterruptedException {
        shell.install();
        shell.succeed("pgqadm -d ticker.ini ticker");
        shell.succeed("londiste -d conf.ini replay");
    }

    @Test
    void theQuickStartWorksAsPrinted() throws Exception {
        shell.succeed("londiste.py conf.ini provider install");
        shell.succeed("londiste.py conf.ini subscriber install");
        shell.succeed("pgqadm.py -d ticker.ini ticker");
        shell.succeed("londiste.py -d conf.ini replay");
        shell.succeed("londiste.py conf.ini provider add table1 table2");
        shell.succeed("londiste.py conf.ini subscriber add table1 table2");
        provider.sql("update table1 set v = 'changed' where id <= 10; delete from table2 where id > 400");

        await("all tables ok")
                .until(() -> shell.succeed("londiste.py conf.ini subscriber tables")
                                .said()
                                .lines()
                                .filter(line -> line.strip().endsWith(" ok"))
                                .count()
                        == 2);
        provider.sql("insert into table1 values (0, 'late'); insert into table2 values (0, 0)");
        awaitEqual("table1", "table2");

        shell.succeed("londiste.py -s conf.ini");
        shell.succeed("pgqadm.py -k ticker.ini");
        assertThat(shell.pid("job")).isEmpty();
        assertThat(shell.pid("ticker")).isEmpty();
        assertThat(shell.log("job")).contains("Stopped").doesNotContain(provider.password());
    }

    @Test
    void onlyOneDaemonRunsAndAnotherStartsAfterAKill() throws Exception {
        startDaemons();
        long first = shell.pid("job").orElseThrow();

        assertThat(shell.type("londiste.py -d conf.ini replay"))
                .isEqualTo(new Shell.Typed(1, "londiste: already running as process " + first + " (job.pid)\n"));
        shell.succeed("londiste -r conf.ini");
        awaitLog("Reloaded conf.ini");

        var process = ProcessHandle.of(first).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
        assertThat(shell.type("londiste -s conf.ini"))
                .isEqualTo(new Shell.Typed(1, "londiste: job is not running: no process holds pid file job.pid\n"));

        shell.succeed("londiste -d conf.ini replay");
        assertThat(shell.pid("job")).isPresent().get().isNotEqualTo(first);
        shell.succeed("londiste conf.ini replay --kill");
        assertThat(shell.pid("job")).isEmpty();
    }

    @Test
    void aReloadReadsChangedRoutes() throws Exception {
        startDaemons();
        shell.add("table1");
        awaitEqual("table1");
        var routes = Files.createDirectory(directory.resolve("routes"));
        var route = Files.readString(Path.of("routes/replay.camel.yaml"));
        var mark = "                    # here a step";
        assertThat(route).contains(mark);
        var mask = """
                                    - split:
                                        simple: ${body}
                                        steps:
                                          - script: {simple: "${body.set('v', 'masked')}"}
                """;
        Files.writeString(routes.resolve("replay.camel.yaml"), route.replace(mark, mask + mark));
        set("conf.ini", "routes = " + routes);

        shell.succeed("londiste -r conf.ini");
        assertThat(shell.log("job")).contains("Reloaded conf.ini");
        provider.sql("insert into table1 values (5000, 'plain')");

        await("masked").untilAsserted(() -> assertThat(subscriber.rows("select v from table1 where id = 5000"))
                .containsExactly("masked"));
        assertThat(subscriber.number("select count(*) from table1 where v = 'masked'"))
                .isEqualTo(1);
    }

    @Test
    void aReloadOfBrokenRoutesIsRefusedAndTheRunningOnesContinue() throws Exception {
        shell.install();
        var routes = Files.createDirectory(directory.resolve("routes"));
        var file = routes.resolve("replay.camel.yaml");
        var good = Files.readString(Path.of("routes/replay.camel.yaml"));
        Files.writeString(file, good + "  - broken: [");
        set("conf.ini", "routes = " + routes);
        var refusal = shell.type("londiste -d conf.ini replay");
        assertThat(refusal.code()).isEqualTo(1);
        assertThat(refusal.said()).contains("londiste: " + file + ": line ");
        assertThat(shell.pid("job")).isEmpty();

        Files.writeString(file, good);
        startDaemons();
        shell.add("table1");
        awaitEqual("table1");
        int row = 5000;
        for (var bad : List.of(
                good + "  - broken: [",
                good.replace("ref: decoder", "ref: nosuch"),
                good.replace("direct:sequences", "direct:nosuch"),
                good.replace("{{loop_delay}}", "{{nosuch}}"))) {
            Files.writeString(file, bad);
            refusal = shell.type("londiste -r conf.ini");
            assertThat(refusal.code()).isEqualTo(1);
            assertThat(refusal.said()).contains("londiste: " + file + ": line ");
            provider.sql("insert into table1 values (" + row++ + ", 'new')");
            awaitEqual("table1");
        }

        Files.delete(file); // the built-in one replaces it
        shell.succeed("londiste -r conf.ini");
        assertThat(shell.log("job")).contains("Reloaded conf.ini");
        provider.sql("insert into table1 values (" + row + ", 'new')");
        awaitEqual("table1");
    }

    /** It passes the check, and fails when it is started. */
    private static final String CANNOT_START = """
            - route:
                id: extra
                from: {uri: "scheduler:extra?poolSize=-1", steps: [{log: "${body}"}]}
            """;

    @Test
    void aReloadOfRoutesThatCannotBeStartedIsUndone() throws Exception {
        startDaemons();
        shell.add("table1");
        awaitEqual("table1");
        var routes = Files.createDirectory(directory.resolve("routes"));
        set("conf.ini", "routes = " + routes);
        shell.succeed("londiste -r conf.ini");
        var file = Files.writeString(routes.resolve("extra.camel.yaml"), CANNOT_START);

        var refusal = shell.type("londiste -r conf.ini");

        assertThat(refusal.code()).isEqualTo(1);
        assertThat(refusal.said()).contains("londiste: cannot start: ");
        assertThat(shell.log("job")).contains("The request failed, the daemon continues as before: cannot start: ");
        provider.sql("insert into table1 values (5000, 'by the routes before')");
        awaitEqual("table1");

        Files.delete(file);
        shell.succeed("londiste -r conf.ini");
        provider.sql("insert into table1 values (5001, 'by those after')");
        awaitEqual("table1");
    }

    @Test
    void aStandbyReloadsToo() throws Exception {
        startDaemons();
        shell.add("table1");
        var routes = Files.createDirectory(directory.resolve("routes"));
        OwnFile.write(
                directory.resolve("second.ini"),
                Files.readString(directory.resolve("conf.ini")).replace("%(job_name)s.", "second.") + "routes = "
                        + routes + "\n");
        shell.succeed("londiste -d second.ini replay");
        var file = Files.writeString(routes.resolve("extra.camel.yaml"), "- route: {from: nothing");

        var refusal = shell.type("londiste -r second.ini");

        assertThat(refusal.code()).isEqualTo(1);
        assertThat(refusal.said())
                .contains("londiste: " + file + ": line ")
                .contains("it is standby, another replay of job is running: job (process ");
        Files.writeString(file, CANNOT_START.replace("?poolSize=-1", "?delay=200"));
        assertThat(shell.succeed("londiste -r second.ini").said()).contains("Reloaded second.ini; no routes run");
        Files.writeString(file, CANNOT_START); // is not read again by the take-over
        shell.succeed("londiste -k conf.ini");
        await("takes over").until(() -> shell.log("second").contains("Started second.ini"));
        provider.sql("insert into table1 values (5000, 'by the standby')");
        awaitEqual("table1");
    }

    @Test
    void aStandbyThatCannotStartItsRoutesEnds() throws Exception {
        startDaemons();
        var routes = Files.createDirectory(directory.resolve("routes"));
        var file = Files.writeString(routes.resolve("extra.camel.yaml"), CANNOT_START);
        OwnFile.write(
                directory.resolve("second.ini"),
                Files.readString(directory.resolve("conf.ini")).replace("%(job_name)s.", "second.") + "routes = "
                        + routes + "\n");
        shell.succeed("londiste -d second.ini replay");

        shell.succeed("londiste -k conf.ini");

        await("ends").until(() -> shell.pid("second").isEmpty());
        assertThat(shell.log("second")).contains("Stopped by an error: cannot start: ");
    }

    @Test
    void aReloadIsOfNoUseWithABadFileAndFollowsAGoodOne() throws Exception {
        startDaemons();
        var good = Files.readString(directory.resolve("conf.ini"));
        reload(good.replace("[londiste]", "[londiste]\nlock_timeout = soon"));
        awaitLog(
                "The request failed, the daemon continues as before: conf.ini: [londiste] lock_timeout: expected a number of seconds, found soon");

        reload(good.replace("job_name = job", "job_name = other"));
        awaitLog(
                "The request failed, the daemon continues as before: consumer other of queue londiste.replika is another job than consumer job of queue"
                        + " londiste.replika; stop this one first");
        assertThat(provider.rows("select co_name from pgq.consumer")).containsExactly("job");

        long pid = shell.pid("job").orElseThrow();
        reload(good.replace("pidfile = %(job_name)s", "pidfile = second"));
        await("moved").until(() -> shell.pid("second").isPresent());
        assertThat(shell.pid("second")).contains(pid);
        await("left").until(() -> shell.pid("job").isEmpty());
        shell.succeed("londiste -s conf.ini");
    }

    /** As {@code -r}, which itself would not read such files, or not find the process. */
    private void reload(String ini) throws Exception {
        OwnFile.write(directory.resolve("conf.ini"), ini);
        shell.succeed("kill -HUP " + shell.pid("job").orElseThrow());
    }

    private void awaitLog(String text) {
        await(text).until(() -> shell.log("job").contains(text));
    }

    @Test
    void aSecondReplayStandsByAndTakesOver() throws Exception {
        startDaemons();
        OwnFile.write(
                directory.resolve("second.ini"),
                Files.readString(directory.resolve("conf.ini")).replace("%(job_name)s.", "second."));

        shell.succeed("londiste -d second.ini replay");

        assertThat(shell.log("second"))
                .contains("Another replay of job is running: job (process "
                        + shell.pid("job").orElseThrow() + " on ")
                .doesNotContain("Started");
        shell.succeed("londiste -k conf.ini");
        await("takes over").until(() -> shell.log("second").contains("Started second.ini"));
        shell.succeed("londiste -s second.ini");
        assertThat(shell.pid("second")).isEmpty();
    }

    @Test
    void aDaemonThatCannotStartReportsWhy() throws Exception {
        OwnFile.write(
                directory.resolve("bad.ini"),
                Files.readString(directory.resolve("conf.ini")).replace("job.pid", "bad.pid"));
        var typed = shell.type("londiste -d bad.ini replay");

        assertThat(typed.code()).isEqualTo(1);
        assertThat(typed.said().lines().filter(line -> line.startsWith("londiste: ")))
                .containsExactly(
                        "londiste: provider " + provider.name() + " at " + provider.host() + ":" + provider.port()
                                + ": schema londiste is not installed; run: londiste bad.ini provider install");
        assertThat(shell.pid("job")).isEmpty();
    }

    @Test
    void namesOfAllLanguagesPassWhereNoLocaleIsSet() throws Exception {
        provider.sql("create table \"Größe\" (id int primary key)");
        shell.install();

        var added = shell.type("LC_ALL=C londiste conf.ini provider add \"$(printf 'Gr\\303\\266\\303\\237e')\"");

        assertThat(added).isEqualTo(new Shell.Typed(0, "Added public.\"Größe\"\n"));
        assertThat(shell.type("env -u LC_ALL -u LC_CTYPE -u LANG londiste conf.ini provider tables")
                        .said())
                .isEqualTo("public.\"Größe\"\n");
    }
}
