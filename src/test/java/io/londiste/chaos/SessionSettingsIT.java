package io.londiste.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.cli.Terminal;
import io.londiste.test.Db;
import io.londiste.test.ReplicationFixture;
import java.io.IOException;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What administrators set for whole databases, meaning people and applications, does not stop or bend the replication. */
class SessionSettingsIT extends ReplicationFixture {
    private static final String SCHEMA = "create table t (id int primary key, v text, b bytea, d timestamptz)";
    private static final String ROWS = """
            insert into t select i, E'\\\\' || i, decode('005c27', 'hex'), timestamptz '2026-02-03 04:05+02' + i * interval '1 h'
              from generate_series(1, 1000) i;
            """;

    private static final String DIGEST =
            "select count(*), md5(string_agg(id || v || encode(b, 'hex') || extract(epoch from d), ',' order by id)) from public.t";

    private Terminal terminal;
    private String ini;

    @BeforeEach
    void replicate(@TempDir Path directory) throws IOException {
        provider.sql(SCHEMA + ";" + ROWS);
        subscriber.sql(SCHEMA);
        // a replay inside this process does not hold the lock by which --wait finds a replay
        job.with("lock_timeout", "60");
        terminal = new Terminal(directory);
        ini = terminal.file("job.ini", job.ini());
    }

    private void set(String setting) {
        for (var db : new Db[] {provider, subscriber}) {
            db.sql("do $$begin execute format('alter database %I set " + setting + "', current_database()); end$$");
        }
    }

    private void replicates() throws Exception {
        terminal.ok(ini, "provider", "add", "t");
        try (var running = job) {
            running.start();
            terminal.ok(ini, "subscriber", "add", "t", "--deny-writes", "--wait");
            try (var writer = provider.connect();
                    var statement = writer.createStatement()) {
                statement.execute(
                        // the settings are meant for the program, not for clients that write
                        "begin; set local lock_timeout = 0; set local statement_timeout = 0; set transaction read write; update public.t set v = v || E'\\\\', d = d - interval '1 d'"
                                + " where id % 2 = 0; delete from public.t where id % 5 = 0; commit");
            }
            Awaitility.await("equal").untilAsserted(this::areEqual);
            assertThat(terminal.ok(ini, "subscriber", "tables")).contains(" ok\n");
            terminal.ok(ini, "subscriber", "check");
            terminal.ok(ini, "subscriber", "resync", "t", "--wait");
        }
        areEqual();
    }

    private void areEqual() {
        assertThat(subscriber.sql(DIGEST)).isEqualTo(provider.sql(DIGEST)).startsWith("800|");
    }

    @Test
    void backslashesAndValuesStayWhatTheyAre() throws Exception {
        set("standard_conforming_strings = off");
        set("search_path = ''''");
        set("DateStyle = ''SQL, DMY''");
        set("bytea_output = ''escape''");
        replicates();
    }

    @Test
    void limitsOfSessionsMeanOthers() throws Exception {
        set("idle_in_transaction_session_timeout = ''1ms''");
        set("statement_timeout = ''300ms''");
        set("lock_timeout = ''1ms''");
        replicates();
    }

    @Test
    void transactionsAreOfTheKindThatIsNeeded() throws Exception {
        set("default_transaction_isolation = ''serializable''");
        set("default_transaction_deferrable = on");
        set("default_transaction_read_only = on");
        replicates();
    }
}
