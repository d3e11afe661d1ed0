package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.londiste.jmx.JmxClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The man page's QUICK-START by a JMX client that knows the daemons' addresses and nothing of their code. */
class QuickStartByJmxIT extends QuickStartFixture {
    private int port;
    private int tickerPort;

    @BeforeEach
    void daemonsOnEmptyDatabases() throws Exception {
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
        set(ini, "jmx = %d%njmx_password_file = jmx.password%njmx_access_file = jmx.access".formatted(number));
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
                await(name).until(() -> each.get(name, "State").equals("running"));
            }

            replay.invoke("type=Provider,job=job", "add", "table1 table2", false);
            replay.invoke(
                    "type=Subscriber,job=job",
                    "add",
                    "table1, table2",
                    false,
                    false,
                    false,
                    false,
                    false,
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "");
            for (var table : new String[] {"table1", "table2"}) {
                var name = "type=Table,job=job,name=public." + table;
                await(name).until(() -> replay.get(name, "State").equals("ok"));
            }
            provider.sql("insert into table1 values (0, 'late'); insert into table2 values (0, 0)");

            awaitEqual("table1", "table2");
            assertThat((Long) ticker.get("type=Ticker,job=ticker", "Ticks")).isPositive();
            await("the replay's consumer")
                    .until(() -> ticker.names("type=Consumer,job=ticker,*").size() == 1);

            replay.invoke("type=Replay,job=job", "rewind");
            assertThat(replay.get("type=Replay,job=job", "State")).isEqualTo("running");
            replay.invoke("type=Replay,job=job", "reload");
            assertThat(replay.get("type=Replay,job=job", "State")).isEqualTo("running");
            replay.invoke("type=Replay,job=job", "stop");
            ticker.invoke("type=Ticker,job=ticker", "kill");
        }
        await("ended")
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
