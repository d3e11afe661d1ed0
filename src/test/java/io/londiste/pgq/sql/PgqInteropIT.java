package io.londiste.pgq.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.schema.Installer;
import io.londiste.test.Db;
import io.londiste.test.Job;
import io.londiste.test.Ledger;
import io.londiste.test.Pgqd;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Programs written for the original work with our PgQ: Debian's ticker daemon pgqd, and its Python consumer. */
@ExtendWith(PostgresPair.class)
class PgqInteropIT {
    private static final String PYTHON = "/usr/bin/python3";
    private static final String CONSUMER = """
            import sys, pgq

            class Printer(pgq.Consumer):
                def process_event(self, db, event):
                    print("EVENT", event.ev_type, event.ev_data, event.ev_retry, flush=True)
                    if event.ev_type == "again" and event.ev_retry is None:
                        event.tag_retry(0)
                    else:
                        event.tag_done()

            Printer("printer", "db", sys.argv[1:]).start()
            """;

    @TempDir
    private Path directory;

    private final List<Process> processes = new ArrayList<>();
    private Pgqd pgqd;

    @AfterEach
    void end() throws InterruptedException {
        if (pgqd != null) {
            pgqd.close();
        }
        for (var process : processes) {
            process.destroy();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void pgqdTicksAndPythonReads(@Provider Db db) throws Exception {
        new Installer(db.dataSource()).installPgq();
        db.sql("select pgq.create_queue('q'), pgq.set_queue_config('q', 'ticker_max_lag', '50 ms'),"
                + " pgq.set_queue_config('q', 'rotation_period', '1 s')");
        configurePrinter(db);
        pgqd = new Pgqd(db, directory);
        assertThat(exit(start("register", PYTHON, "printer.py", "--register", "printer.ini")))
                .isZero();
        start("printer", PYTHON, "printer.py", "printer.ini");

        db.sql("select pgq.insert_event('q', 'once', 'one'), pgq.insert_event('q', 'again', 'two')");

        await().untilAsserted(() -> assertThat(output("printer"))
                .contains("EVENT once one None", "EVENT again two None", "EVENT again two 1"));
        await().untilAsserted(() -> assertThat(db.number("select queue_cur_table from pgq.queue"))
                .as("pgqd rotates")
                .isPositive());
        assertThat(output("printer")).containsOnlyOnce("EVENT once");
    }

    @Test
    void pythonReadsWhatIsCapturedOfTables(@Provider Db db) throws Exception {
        new Installer(db.dataSource()).installPgq();
        new Installer(db.dataSource()).installLondisteProvider();
        db.sql("create table \"Goods\" (id int primary key, note text, tags text[])");
        db.sql("select pgq.create_queue('q'), pgq.set_queue_config('q', 'ticker_max_lag', '50 ms')");
        db.sql("select londiste.provider_add_table('q', 'public.\"Goods\"')");
        configurePrinter(db);
        assertThat(exit(start("register", PYTHON, "printer.py", "--register", "printer.ini")))
                .isZero();
        pgqd = new Pgqd(db, directory);
        start("printer", PYTHON, "printer.py", "printer.ini");

        db.sql("insert into \"Goods\" values (1, E'it''s \\\\ \\u20ac', array['a', null]), (2, null, null)");
        db.sql("update \"Goods\" set id = 3 where id = 2; delete from \"Goods\" where id = 1; truncate \"Goods\"");

        var type = "EVENT {\"op\":\"%s\",\"table\":[\"public\",\"Goods\"],\"pkey\":[\"id\"]} ";
        await().untilAsserted(() -> assertThat(output("printer"))
                .containsSubsequence(
                        type.formatted("INSERT")
                                + "{\"id\":1,\"note\":\"it's \\\\ \u20ac\",\"tags\":[\"a\",null]} None",
                        type.formatted("INSERT") + "{\"id\":2,\"note\":null,\"tags\":null} None",
                        type.formatted("UPDATE") + "{\"id\":3,\"note\":null,\"tags\":null} None",
                        type.formatted("DELETE") + "{\"id\":1,",
                        type.formatted("TRUNCATE") + "None None"));
    }

    @Test
    void pgqdTicksAQueueThatIsAsleep(@Provider Db db) throws Exception {
        new Installer(db.dataSource()).installPgq();
        db.sql("select pgq.create_queue('q'), pgq.set_queue_config('q', 'ticker_max_lag', '50 ms')");
        db.sql("select pgq.register_consumer('q', 'reader')");
        pgqd = new Pgqd(db, directory);
        for (int nr = 1; nr <= 3; nr++) {
            assertThat(db.number("select pgq.sleep_queues()")).isEqualTo(1);
            db.sql("select pgq.insert_event('q', 'change', ?)", String.valueOf(nr));

            await("a batch")
                    .until(() -> !db.sql("select pgq.next_batch('q', 'reader')").equals("null"));
            assertThat(db.sql("select ev_data from pgq.subscription, pgq.get_batch_events(sub_batch)"))
                    .isEqualTo(String.valueOf(nr));
            assertThat(db.sql("select queue_asleep from pgq.queue"))
                    .as("asleep")
                    .isEqualTo("f");
            db.sql("select pgq.finish_batch(sub_batch) from pgq.subscription");
        }
    }

    @Test
    void pgqdAndOurTickerShareAQueue(@Provider Db provider, @Subscriber Db subscriber) throws Exception {
        try (Job job = new Job(provider, subscriber)) {
            var ledger = new Ledger(provider, subscriber);
            job.add(Ledger.TABLES).start().awaitOk();
            ledger.watch();
            pgqd = new Pgqd(provider, directory);
            for (int burst = 0; burst < 3; burst++) {
                await("asleep").until(() -> provider.sql("select queue_asleep from pgq.queue")
                        .equals("t"));
                provider.sql("do $$ begin for i in 1..20 loop " + Ledger.WRITE + "; commit; end loop; end $$");
                // without a tick that is forced
                String entries = "select count(*) from entry";
                await("the burst").until(() -> subscriber.number(entries) == provider.number(entries));
            }

            job.awaitReplay();
            ledger.assertNothingIsLostAndNothingAppliedTwice();
            assertThat(provider.sql("select max(tick_id) - min(tick_id) + 1 - count(*) from pgq.tick"))
                    .as("ticks that are missing")
                    .isEqualTo("0");
        }
    }

    private void configurePrinter(Db db) throws IOException {
        Assumptions.assumeTrue(
                works(PYTHON, "-c", "import pgq"), "the Python consumer is not installed here (Debian: python3-pgq)");
        Files.writeString(directory.resolve("printer.py"), CONSUMER);
        Files.writeString(directory.resolve("printer.ini"), """
                [printer]
                job_name = printer
                db = %s
                queue_name = q
                loop_delay = 0.1
                use_skylog = 0
                """.formatted(db.libpq()));
    }

    private Process start(String name, String... command) throws IOException {
        var process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".out").toFile())
                .start();
        processes.add(process);
        return process;
    }

    private String output(String name) throws IOException {
        return Files.readString(directory.resolve(name + ".out"));
    }

    private static int exit(Process process) {
        return process.onExit().orTimeout(30, TimeUnit.SECONDS).join().exitValue();
    }

    private static boolean works(String... command) {
        try {
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return exit(process) == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
