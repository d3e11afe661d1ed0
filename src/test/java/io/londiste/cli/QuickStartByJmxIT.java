package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.londiste.jmx.JmxClient;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The man page's QUICK-START by a JMX client that knows the daemons' addresses and nothing of their code. */
@ExtendWith(PostgresPair.class)
class QuickStartByJmxIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private Shell shell;
    private Db provider;
    private Db subscriber;
    private int port;
    private int tickerPort;

    @BeforeEach
    void daemonsOnEmptyDatabases(@Provider Db provider, @Subscriber Db subscriber) throws Exception {
        this.provider = provider;
        this.subscriber = subscriber;
        shell = new Shell(directory);
        shell.write(provider, subscriber);
        for (var db : new Db[] {provider, subscriber}) {
            db.sql("create table table1 (id int primary key, v text);"
                    + "create table table2 (id int primary key, t1 int references table1)");
        }
        provider.sql("insert into table1 select i, 'row ' || i from generate_series(1, 1000) i;"
                + "insert into table2 select i, i from generate_series(1, 500) i");
        var password = Files.writeString(directory.resolve("jmx.password"), "operator secret\nviewer other\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(directory.resolve("jmx.access"), "operator readwrite\nviewer readonly\n");
        port = JmxClient.freePort();
        tickerPort = JmxClient.freePort();
        open("conf.ini", port);
        open("ticker.ini", tickerPort);
        shell.succeed("pgqadm -d ticker.ini ticker");
        shell.succeed("londiste -d conf.ini replay");
    }

    private void open(String ini, int number) throws IOException {
        Files.writeString(
                directory.resolve(ini),
                "jmx = %d%njmx_password_file = jmx.password%njmx_access_file = jmx.access%n".formatted(number),
                StandardOpenOption.APPEND);
    }

    @AfterEach
    void endDaemons() {
        shell.endDaemons();
    }

    @Test
    void theQuickStartWorksThroughMBeansAlone() throws Exception {
        try (var replay = JmxClient.connect(port, "operator", "secret");
                var ticker = JmxClient.connect(tickerPort, "operator", "secret")) {
            assertThat(replay.get("type=Replay,job=job", "State")).isEqualTo("waiting");
            assertThat((String) replay.get("type=Replay,job=job", "Error")).contains("is not installed");
            assertThat((String[]) replay.invoke("type=Provider,job=job", "install"))
                    .anyMatch(line -> line.startsWith("Created queue londiste.replika"));
            replay.invoke("type=Subscriber,job=job", "install");
            for (var each : new JmxClient[] {replay, ticker}) {
                var name = each == replay ? "type=Replay,job=job" : "type=Ticker,job=ticker";
                await(name).atMost(PATIENCE).until(() -> each.get(name, "State").equals("running"));
            }

            replay.invoke("type=Provider,job=job", "add", "table1 table2", false);
            replay.invoke("type=Subscriber,job=job", "add", "table1, table2", false, false, false, false, false);
            for (var table : new String[] {"table1", "table2"}) {
                var name = "type=Table,job=job,name=public." + table;
                await(name).atMost(PATIENCE).until(() -> replay.get(name, "State")
                        .equals("ok"));
            }
            provider.sql("insert into table1 values (0, 'late'); insert into table2 values (0, 0)");

            for (var table : new String[] {"table1", "table2"}) {
                var rows = "select * from " + table + " order by 1";
                await(table).atMost(PATIENCE).untilAsserted(() -> assertThat(subscriber.rows(rows))
                        .isEqualTo(provider.rows(rows)));
            }
            assertThat((Long) ticker.get("type=Ticker,job=ticker", "Ticks")).isPositive();
            await("the replay's consumer")
                    .atMost(PATIENCE)
                    .until(() -> ticker.names("type=Consumer,job=ticker,*").size() == 1);

            replay.invoke("type=Replay,job=job", "rewind");
            assertThat(replay.get("type=Replay,job=job", "State")).isEqualTo("running");
            replay.invoke("type=Replay,job=job", "reload");
            assertThat(replay.get("type=Replay,job=job", "State")).isEqualTo("running");
            replay.invoke("type=Replay,job=job", "stop");
            ticker.invoke("type=Ticker,job=ticker", "kill");
        }
        await("ended")
                .atMost(PATIENCE)
                .until(() -> shell.pid("job").isEmpty() && shell.pid("ticker").isEmpty());
        assertThat(shell.log("job")).contains("Stopped").doesNotContain(provider.password());
        assertThat(Files.readString(directory.resolve("jmx.password"))).doesNotContain("secret");
    }

    @Test
    void aViewerSeesAndDoesNothing() throws Exception {
        try (var viewer = JmxClient.connect(port, "viewer", "other")) {
            assertThat(viewer.get("type=Replay,job=job", "State")).isEqualTo("waiting");
            assertThatThrownBy(() -> viewer.invoke("type=Provider,job=job", "install"))
                    .isInstanceOf(SecurityException.class);
            assertThatThrownBy(() -> viewer.invoke("type=Replay,job=job", "kill"))
                    .isInstanceOf(SecurityException.class);
            assertThatThrownBy(() -> viewer.set("type=Replay,job=job", "LagLimitSeconds", 1.0))
                    .isInstanceOf(SecurityException.class);
        }
    }
}
