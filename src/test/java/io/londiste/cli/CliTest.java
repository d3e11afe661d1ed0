package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
    @TempDir
    Path directory;

    private Terminal terminal;
    private String config;

    @BeforeEach
    void writeConfig() {
        terminal = new Terminal(directory);
        config = terminal.file(
                "conf.ini",
                "[londiste]\nprovider_db = host=127.0.0.1 port=1 password=geheim\nsubscriber_db = x=y\n[pgqadm]\ndb = port=1\n");
    }

    private String[] words(String line) {
        return line.isEmpty() ? new String[0] : line.replace("CONF", config).split(" ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | no command given",
                "CONF | no command given",
                "-q | no command given",
                "-s | no config.ini given",
                "provider tables | no config.ini given",
                "CONF provider | no provider command given",
                "CONF subscriber | no subscriber command given",
                "CONF provider ad t | not understood: ad",
                "CONF nothing | not understood: nothing",
                "CONF provider add | no table given",
                "CONF provider add --all t | --all leaves no room for names",
                "CONF provider add --wrong t | no such option: --wrong",
                "CONF provider remove | Missing required parameter: 'TABLE'",
                "CONF provider install -d | no such option: -d",
                "-d CONF provider install | -d, -r, -s and -k are for replay",
                "CONF subscriber add | no table given",
                "CONF subscriber add --expect-sync --skip-truncate t | --expect-sync makes no copy, so --skip-truncate cannot go with it",
                "-d CONF replay -s | only one of -d, -r, -s and -k makes sense",
                "CONF replay --routes | Missing required parameter for option '--routes' (DIR)",
            })
    void wrongUsageEndsWithTwoAndAHint(String line, String message) {
        var result = terminal.londiste(words(line));

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines()).first().asString().isEqualTo("londiste: " + message);
        assertThat(result.errLines())
                .hasSizeLessThanOrEqualTo(2)
                .last()
                .asString()
                .matches("(Try: |Possible |Did you ).*");
    }

    @Test
    void wrongUsageOfPgqadmToo() {
        var result = terminal.pgqadm(config, "tick");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.errLines()).containsExactly("pgqadm: not understood: tick", "Did you mean: pgqadm ticker?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "none.ini provider tables | none.ini: no such file",
                "CONF subscriber tables | conf.ini: [londiste] subscriber_db: no such connection parameter: x",
                "none.ini -s | none.ini: no such file",
            })
    void failuresEndWithOneAndOneLine(String line, String message) {
        var result = terminal.londiste(words(line));

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines())
                .singleElement()
                .asString()
                .startsWith("londiste: ")
                .endsWith(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "CONF provider",
                "CONF provider install",
                "CONF provider add",
                "CONF provider remove",
                "CONF provider tables",
                "CONF subscriber",
                "CONF subscriber install",
                "CONF subscriber add",
                "CONF subscriber remove",
                "CONF subscriber tables",
                "CONF subscriber register",
                "CONF subscriber unregister",
                "CONF replay",
            })
    void everyCommandHasHelpWithAnExample(String command) {
        for (var option : List.of("-h", "--help")) {
            var result = terminal.londiste(words((command + " " + option).strip()));

            assertThat(result.code()).isZero();
            assertThat(result.err()).isEmpty();
            assertThat(result.out()).startsWith("Usage: londiste ").contains("Options:", "Examples:\n  londiste ");
        }
        assertThat(terminal.pgqadm("ticker", "-h").out()).contains("Examples:\n  pgqadm -d ticker.ini ticker");
    }

    @Test
    void tellsItsVersion() {
        assertThat(terminal.londiste("-V").out()).startsWith("londiste (camel-londiste) ");
        assertThat(terminal.pgqadm("--version").out()).startsWith("pgqadm (camel-londiste) ");
    }

    @Test
    void saysThatADaemonDoesNotRun() {
        var job = terminal.file("job.ini", "[londiste]\njob_name = j\npidfile = " + directory + "/j.pid\n");
        for (var option : List.of("-r", "-s", "-k")) {
            var result = terminal.londiste(option, job);

            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err())
                    .isEqualTo("londiste: j does not run: no process has pid file " + directory + "/j.pid\n");
        }
        terminal.file("j.pid", ProcessHandle.current().pid() + "\n");

        assertThat(terminal.londiste("-k", job).err()).contains("does not run");
        job = terminal.file("job.ini", "[londiste]\n");
        assertThat(terminal.londiste(job, "-s").err()).contains("pidfile: has to be set for -d, -r, -s and -k");
    }

    @Test
    void aPidFileIsOneProcessAtATime() {
        var file = directory.resolve("p.pid");
        try (var taken = PidFile.take(file)) {
            assertThat(taken).isNotNull();
            assertThat(file).hasContent(ProcessHandle.current().pid() + "\n");
            assertThatThrownBy(() -> PidFile.take(file))
                    .hasMessage("runs already, as process "
                            + ProcessHandle.current().pid() + " (" + file + ")");
        }
        assertThat(file).doesNotExist();
        PidFile.take(file).close();
    }
}
