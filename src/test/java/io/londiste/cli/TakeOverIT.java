package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.test.ComparisonRoutes;
import io.londiste.test.Db;
import io.londiste.test.DebianPostgres;
import io.londiste.test.Guide;
import io.londiste.test.Job;
import io.londiste.test.Ledger;
import io.londiste.test.OwnFile;
import io.londiste.test.Pgqd;
import io.londiste.test.PostgresPair;
import io.londiste.test.SteadyWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A replication by Debian's Londiste 3 that is taken over, with the commands of the documentation in their order. */
@ExtendWith(PostgresPair.class)
class TakeOverIT {
    private static final Path PAGE = Path.of("src/site/markdown/coming-from.md");
    private static final String LONDISTE_3 = "/usr/bin/londiste";

    @TempDir
    private Path directory;

    private Db provider;
    private Db subscriber;
    private Shell shell;
    private Terminal terminal;
    private Pgqd pgqd;
    private Job job;
    private Connection replayLock;

    @AfterEach
    void end() throws Exception {
        if (job != null) {
            job.close();
            replayLock.close();
        }
        for (var node : new String[] {"leaf", "root"}) {
            if (shell != null) {
                shell.pid(node).flatMap(ProcessHandle::of).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
        if (pgqd != null) {
            pgqd.close();
        }
        for (Db db : new Db[] {subscriber, provider}) {
            if (db != null) {
                db.close();
            }
        }
    }

    @Test
    void nothingIsLostNorAppliedTwiceWhileWritersContinue() throws Exception {
        assumeInstalled();
        provider = DebianPostgres.database();
        subscriber = DebianPostgres.database();
        var ledger = new Ledger(provider, subscriber);
        replicateWithLondiste3();
        ledger.watch();
        write("conf.ini", """
                [londiste]
                job_name = shop_copy
                provider_db = %s
                subscriber_db = %s
                pgq_queue_name = shop
                """.formatted(provider.libpq(), subscriber.libpq()));

        try (var writer = new SteadyWriter(provider, 2, Ledger.WRITE_ASYNCHRONOUSLY)) {
            writer.await(50);
            long replicated = subscriber.number("select count(*) from entry");
            Awaitility.await("Londiste 3 replicates")
                    .until(() -> subscriber.number("select count(*) from entry") > replicated);
            assertItsSchemaIsLeftAlone();
            for (String command : commands()) {
                writer.await(5);
                run(command);
            }
            writer.await(50);
        }

        job.awaitReplay();
        ledger.assertNothingIsLostAndNothingAppliedTwice();
        assertThat(job.running().status().total().unexpected()).isZero();
        assertThat(terminal.ok(file("conf.ini"), "compare")).contains("public.entry: equal", "public.counter: equal");
        assertNothingIsLeftOfIt();
    }

    private static void assumeInstalled() {
        DebianPostgres.assumeInstalled();
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of(LONDISTE_3))
                        && Files.isExecutable(Path.of("/usr/bin/psql"))
                        && Files.exists(Path.of("/usr/share/postgresql/15/extension/londiste.control")),
                "Londiste 3 is not installed here (Debian: python3-londiste postgresql-15-londiste-sql)");
    }

    /** Its root on the provider and its leaf on the subscriber; returns when the tables are in sync. */
    private void replicateWithLondiste3() throws Exception {
        shell = new Shell(directory);
        terminal = new Terminal(directory);
        for (var node : List.of("root", "leaf")) {
            write(node + ".ini", """
                    [londiste]
                    job_name = %s
                    db = %s
                    queue_name = shop
                    pidfile = %%(job_name)s.pid
                    logfile = %%(job_name)s.log
                    loop_delay = 0.1
                    """.formatted(node, (node.equals("root") ? provider : subscriber).libpq()));
        }
        type("/usr/bin/londiste root.ini create-root root \"$provider\"");
        provider.sql("select pgq.set_queue_config('shop', 'ticker_max_lag', '50 ms'),"
                + " pgq.set_queue_config('shop', 'ticker_idle_period', '200 ms')");
        pgqd = new Pgqd(provider, directory);
        type("/usr/bin/londiste -d root.ini worker");
        type("/usr/bin/londiste leaf.ini create-leaf leaf \"$subscriber\" --provider=\"$provider\"");
        type("/usr/bin/londiste root.ini add-table public.entry public.counter");
        type("/usr/bin/londiste root.ini add-seq public.entry_id_seq");
        type("/usr/bin/londiste -d leaf.ini worker");
        type("/usr/bin/londiste leaf.ini add-table public.entry public.counter");
        type("/usr/bin/londiste leaf.ini add-seq public.entry_id_seq");
        Awaitility.await("the tables of Londiste 3")
                .until(() -> subscriber.number(
                                "select count(*) from londiste.table_info where local and merge_state = 'ok' and custom_snapshot is null")
                        == 2);
    }

    /** Our commands do not touch a schema londiste that is not ours, and say what to do. */
    private void assertItsSchemaIsLeftAlone() {
        for (var command :
                new String[][] {{"provider", "install"}, {"subscriber", "install"}, {"provider", "tables"}}) {
            var result = terminal.londiste(file("conf.ini"), command[0], command[1]);

            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).contains("is that of another program, such as Londiste 3", "londiste3");
        }
        assertThat(provider.number("select count(*) from pg_proc where proname = 'provider_add_table'"))
                .isZero();
    }

    private void assertNothingIsLeftOfIt() {
        String schemas = "select nspname from pg_namespace where nspname ~ '^(londiste|pgq)' order by 1";
        assertThat(provider.rows(schemas)).containsExactly("londiste", "pgq");
        assertThat(subscriber.rows(schemas)).containsExactly("londiste");
        assertThat(provider.rows("select consumer_name from pgq.get_consumer_info('shop')"))
                .containsExactly("shop_copy");
        for (Db db : new Db[] {provider, subscriber}) {
            assertThat(db.rows("select tgname from pg_trigger where tgname ~ '^_londiste'"))
                    .isEmpty();
        }
    }

    /** The commands of the page; one that is continued on further lines is one. */
    private List<String> commands() throws Exception {
        Files.writeString(directory.resolve("swap.sql"), Guide.block(PAGE, "sql", "provider_add_table"));
        var commands = Guide.blocks(PAGE).stream()
                .filter(block -> block.language().equals("sh"))
                .flatMap(block -> block.text().replaceAll("\\\\\n *", "").lines())
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        assertThat(commands).hasSizeGreaterThan(10).contains("londiste -d conf.ini replay");
        return commands;
    }

    /** Runs a command, ours in this process. */
    private void run(String command) throws Exception {
        if (command.equals("londiste -d conf.ini replay")) {
            job = new Job(provider, subscriber, "shop_copy", "shop").with("embedded_ticker", "0");
            replayLock = ComparisonRoutes.lockReplay(subscriber, "shop_copy");
            job.start();
        } else if (command.startsWith("londiste ")) {
            terminal.ok(command.replace("conf.ini", file("conf.ini"))
                    .substring("londiste ".length())
                    .split(" "));
        } else {
            type(command);
        }
    }

    private void type(String command) throws Exception {
        shell.succeed("export PYTHONWARNINGS=ignore; provider='%s' subscriber='%s'; %s"
                .formatted(provider.libpq(), subscriber.libpq(), command));
    }

    private void write(String name, String text) throws Exception {
        OwnFile.write(directory.resolve(name), text);
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }
}
