package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The console of daemons as they are started by hand. */
class ConsoleIT extends DaemonFixture {
    private static final Pattern ADDRESS = Pattern.compile("Console at (http://\\S+)");
    private static final Pattern PASSWORD = Pattern.compile("first user is operator, with password (\\w+)");

    @BeforeEach
    void install() throws Exception {
        shell.succeed("londiste conf.ini provider install");
        shell.succeed("londiste conf.ini subscriber install");
    }

    private URI address(String job) throws IOException {
        var addresses = ADDRESS.matcher(shell.log(job))
                .results()
                .map(MatchResult::group)
                .map(text -> URI.create(text.replace("Console at ", "")))
                .toList();
        return addresses.get(addresses.size() - 1);
    }

    private static int login(URI console, String password) throws IOException, InterruptedException {
        var login = HttpRequest.newBuilder(console.resolve("auth/login"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"username\": \"operator\", \"password\": \"" + password + "\"}"))
                .build();
        return HttpClient.newHttpClient().send(login, BodyHandlers.discarding()).statusCode();
    }

    @Test
    void bothDaemonsServeIt() throws Exception {
        set("conf.ini", "console = 127.0.0.1:0");
        set("ticker.ini", "console = 0\nconsole_users = conf.ini.users");

        var said = shell.succeed("londiste -d conf.ini replay").said();
        assertThat(said).containsPattern(PASSWORD);
        var password =
                PASSWORD.matcher(said).results().findFirst().orElseThrow().group(1);
        assertThat(login(address("job"), password)).isEqualTo(200);
        assertThat(login(address("job"), "wrong")).isEqualTo(403);
        assertThat(shell.log("job")).doesNotContain(password);

        assertThat(shell.succeed("pgqadm -d ticker.ini ticker").said()).doesNotContainPattern(PASSWORD);
        assertThat(login(address("ticker"), password)).isEqualTo(200);
    }

    @Test
    void aReloadTakesItUpAndMovesIt() throws Exception {
        shell.succeed("londiste -d conf.ini replay");
        set("conf.ini", "console = 0");

        shell.succeed("londiste -r conf.ini");
        await().until(() -> shell.log("job").contains("Reloaded "));
        var first = address("job");
        assertThat(shell.log("job")).contains("nobody can sign in");
        shell.succeed("echo secret | londiste conf.ini user add operator --role operator");
        assertThat(login(first, "secret")).isEqualTo(200);

        set("conf.ini", "console = 192.0.2.1:1"); // an address that no machine has
        shell.succeed("londiste -r conf.ini");
        await().until(() -> shell.log("job").contains("the console keeps its previous settings"));
        await().ignoreException(ConnectException.class).until(() -> login(address("job"), "secret") == 200);
    }

    @Test
    void anAddressThatIsTakenIsSaidAtOnce() throws Exception {
        set("conf.ini", "console = 127.0.0.1:0");
        shell.succeed("londiste -d conf.ini replay");
        var taken = "127.0.0.1:" + address("job").getPort();
        set("ticker.ini", "console = " + taken);

        var ticker = shell.type("pgqadm -d ticker.ini ticker");

        assertThat(ticker.code()).isEqualTo(1);
        assertThat(ticker.said())
                .contains("pgqadm: console: cannot be served at " + taken + ": Address already in use;");
    }

    @Test
    void noWebServerIsLoadedWithoutIt() throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xlog:class+load",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.londiste.Main",
                        directory.resolve("conf.ini").toString(),
                        "replay")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        List<String> loaded = process.inputReader()
                .lines()
                .takeWhile(line -> !line.contains(": Started "))
                .toList();
        process.destroyForcibly().waitFor();

        assertThat(loaded).anyMatch(line -> line.contains(" io.londiste.console.Console "));
        assertThat(loaded)
                .noneMatch(line -> line.contains(" org.eclipse.jetty.")
                        || line.contains(" io.hawt.")
                        || line.contains(" org.jolokia.")
                        || line.contains(" jakarta.servlet."));
    }
}
