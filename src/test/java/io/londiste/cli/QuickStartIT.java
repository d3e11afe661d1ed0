package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The man page's QUICK-START, typed as printed, and the life of its daemons. */
@ExtendWith(PostgresPair.class)
class QuickStartIT {
    private static final Path BIN = Path.of("bin").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private Db provider;
    private Db subscriber;

    /** What a command has printed on both streams, and its exit code. */
    private record Typed(int code, String said) {}

    @BeforeEach
    void files(@Provider Db provider, @Subscriber Db subscriber) throws IOException {
        this.provider = provider;
        this.subscriber = subscriber;
        Files.writeString(directory.resolve("conf.ini"), """
                [londiste]
                job_name = job
                provider_db = %s
                subscriber_db = %s
                pgq_queue_name = londiste.replika
                pidfile = %%(job_name)s.pid
                logfile = %%(job_name)s.log
                loop_delay = 0.2
                """.formatted(provider.libpq(), subscriber.libpq()));
        Files.writeString(directory.resolve("ticker.ini"), """
                [pgqadm]
                job_name = ticker
                db = %s
                pidfile = %%(job_name)s.pid
                logfile = %%(job_name)s.log
                """.formatted(provider.libpq()));
        for (var db : new Db[] {provider, subscriber}) {
            db.sql("create table table1 (id int primary key, v text);"
                    + "create table table2 (id int primary key, t1 int references table1)");
        }
        provider.sql("insert into table1 select i, 'row ' || i from generate_series(1, 1000) i;"
                + "insert into table2 select i, i from generate_series(1, 500) i");
    }

    @AfterEach
    void endDaemons() {
        for (var name : new String[] {"job", "second", "ticker"}) {
            pid(name).flatMap(ProcessHandle::of).ifPresent(daemon -> {
                daemon.destroyForcibly();
                daemon.onExit().join();
            });
        }
    }

    private Typed type(String command) throws IOException, InterruptedException {
        var said = directory.resolve("said.txt");
        var builder = new ProcessBuilder("sh", "-c", "trap '' HUP INT; " + command) // as after nohup, or & in a script
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().merge("PATH", BIN.toString(), (path, bin) -> bin + ":" + path);
        int code = builder.start().waitFor();
        return new Typed(code, Files.readString(said, StandardCharsets.UTF_8));
    }

    private Typed succeed(String command) throws IOException, InterruptedException {
        var typed = type(command);
        assertThat(typed.code()).as(command + ": " + typed.said()).isZero();
        return typed;
    }

    private Optional<Long> pid(String job) {
        try {
            return Optional.of(Long.parseLong(
                    Files.readString(directory.resolve(job + ".pid")).strip()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void quickStart() throws IOException, InterruptedException {
        succeed("londiste.py conf.ini provider install");
        succeed("londiste.py conf.ini subscriber install");
        succeed("pgqadm.py -d ticker.ini ticker");
        succeed("londiste.py -d conf.ini replay");
    }

    private String log(String job) throws IOException {
        return Files.readString(directory.resolve(job + ".log"));
    }

    private void awaitEqual(String table) {
        var rows = "select * from " + table + " order by 1";
        await(table).atMost(PATIENCE).untilAsserted(() -> assertThat(subscriber.rows(rows))
                .isEqualTo(provider.rows(rows)));
    }

    @Test
    void theQuickStartWorksAsPrinted() throws Exception {
        quickStart();
        succeed("londiste.py conf.ini provider add table1 table2");
        succeed("londiste.py conf.ini subscriber add table1 table2");
        provider.sql("update table1 set v = 'changed' where id <= 10; delete from table2 where id > 400");

        await("all tables ok")
                .atMost(PATIENCE)
                .until(() -> succeed("londiste.py conf.ini subscriber tables")
                                .said()
                                .lines()
                                .filter(line -> line.strip().endsWith(" ok"))
                                .count()
                        == 2);
        provider.sql("insert into table1 values (0, 'late'); insert into table2 values (0, 0)");
        awaitEqual("table1");
        awaitEqual("table2");

        succeed("londiste.py -s conf.ini");
        succeed("pgqadm.py -k ticker.ini");
        assertThat(pid("job")).isEmpty();
        assertThat(pid("ticker")).isEmpty();
        assertThat(log("job")).contains("Stopped").doesNotContain(provider.password());
    }

    @Test
    void daemonsAreOneOfAKindAndOutliveTheirOwnKill() throws Exception {
        quickStart();
        long first = pid("job").orElseThrow();

        assertThat(type("londiste.py -d conf.ini replay"))
                .isEqualTo(new Typed(1, "londiste: runs already, as process " + first + " (job.pid)\n"));
        succeed("londiste -r conf.ini");
        await("reload").atMost(PATIENCE).until(() -> log("job").contains("Goes on with conf.ini as it is now"));

        var process = ProcessHandle.of(first).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
        assertThat(type("londiste -s conf.ini"))
                .isEqualTo(new Typed(1, "londiste: job does not run: no process has pid file job.pid\n"));

        succeed("londiste -d conf.ini replay");
        assertThat(pid("job")).isPresent().get().isNotEqualTo(first);
        succeed("londiste conf.ini replay --kill");
        assertThat(pid("job")).isEmpty();
    }

    @Test
    void aReloadTakesUpChangedRoutes() throws Exception {
        quickStart();
        succeed("londiste conf.ini provider add table1");
        succeed("londiste conf.ini subscriber add table1");
        awaitEqual("table1");
        var routes = Files.createDirectory(directory.resolve("routes"));
        var route = Files.readString(Path.of("routes/replay.camel.yaml"));
        var step =
                "                    - bean:\n                        ref: replay\n                        method: add\n";
        assertThat(route).contains(step);
        var mask = "                    - script:\n                        simple: ${body.set('v', 'masked')}\n";
        Files.writeString(routes.resolve("replay.camel.yaml"), route.replace(step, mask + step));
        Files.writeString(directory.resolve("conf.ini"), "routes = " + routes + "\n", StandardOpenOption.APPEND);

        succeed("londiste -r conf.ini");
        await("reload").atMost(PATIENCE).until(() -> log("job").contains("Goes on with conf.ini as it is now"));
        provider.sql("insert into table1 values (5000, 'plain')");

        await("masked").atMost(PATIENCE).untilAsserted(() -> assertThat(
                        subscriber.rows("select v from table1 where id = 5000"))
                .containsExactly("masked"));
        assertThat(subscriber.number("select count(*) from table1 where v = 'masked'"))
                .isEqualTo(1);
    }

    @Test
    void aSecondReplayStandsByAndTakesOver() throws Exception {
        quickStart();
        Files.writeString(
                directory.resolve("second.ini"),
                Files.readString(directory.resolve("conf.ini")).replace("%(job_name)s.", "second."));

        succeed("londiste -d second.ini replay");

        assertThat(log("second"))
                .contains(
                        "Another replay of job runs: job (process " + pid("job").orElseThrow() + " on ")
                .doesNotContain("Started");
        succeed("londiste -k conf.ini");
        await("takes over").atMost(PATIENCE).until(() -> log("second").contains("Started second.ini"));
        succeed("londiste -s second.ini");
        assertThat(pid("second")).isEmpty();
    }

    @Test
    void aDaemonThatCannotStartSaysWhy() throws Exception {
        Files.writeString(
                directory.resolve("bad.ini"),
                Files.readString(directory.resolve("conf.ini")).replace("job.pid", "bad.pid"));
        var typed = type("londiste -d bad.ini replay");

        assertThat(typed.code()).isEqualTo(1);
        assertThat(typed.said().lines().filter(line -> line.startsWith("londiste: ")))
                .containsExactly(
                        "londiste: provider " + provider.name() + " at " + provider.host() + ":" + provider.port()
                                + ": schema londiste is not installed; run: londiste bad.ini provider install");
        assertThat(pid("job")).isEmpty();
    }
}
