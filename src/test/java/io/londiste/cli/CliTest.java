package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.daemon.ExitCode;
import io.londiste.daemon.PidFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                "CONF provider ad t | unexpected argument: ad",
                "CONF nothing | unexpected argument: nothing",
                "CONF provider add | no table given",
                "CONF provider add --all t | --all cannot be combined with names",
                "CONF provider add --wrong t | no such option: --wrong",
                "CONF provider remove | no table given",
                "CONF provider install -d | no such option: -d",
                "-d CONF provider install | -d, -r, -s and -k are for replay",
                "CONF subscriber add | no table given",
                "CONF subscriber add --expect-sync --skip-truncate t | --expect-sync makes no copy, so it cannot be combined with --skip-truncate",
                "CONF -r -s | only one of -d, -r, -s and -k may be given",
                "-d CONF replay -s | only one of -d, -r, -s and -k may be given",
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CONF | no command given | Try: pgqadm --help",
                "CONF tick | unexpected argument: tick | Did you mean: pgqadm ticker or pgqadm check?",
                "status | no config.ini given | Try: pgqadm --help",
                "CONF status all | unexpected argument: all | Try: pgqadm status --help",
                "CONF status -d | no such option: -d | Try: pgqadm status --help",
                "CONF install q | unexpected argument: q | Try: pgqadm install --help",
                "CONF create | no queue given | Try: pgqadm create --help",
                "CONF drop | no queue given | Try: pgqadm drop --help",
                "CONF drop a b | unexpected argument: b | Try: pgqadm drop --help",
                "CONF register q | no consumer given | Try: pgqadm register --help",
                "CONF unregister | no queue given | Try: pgqadm unregister --help",
                "CONF config q a | not VAR=VALUE: a | Try: pgqadm config --help",
                "-d CONF status | -d, -r, -s and -k are for ticker | Try: pgqadm --help",
                "-d CONF ticker -s | only one of -d, -r, -s and -k may be given | Try: pgqadm ticker --help",
            })
    void wrongUsageOfPgqadmToo(String line, String message, String hint) {
        var result = terminal.pgqadm(words(line));

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines()).containsExactly("pgqadm: " + message, hint);
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

    @Test
    void printsAnIniFile() {
        assertThat(terminal.londiste("--ini").out()).startsWith("[londiste]\n").contains("\nprovider_db =\n");
        assertThat(terminal.pgqadm("--ini").out()).startsWith("[pgqadm]\n").contains("\n#loop_delay = 0.5\n");
    }

    @Test
    void printsItsVersion() {
        assertThat(terminal.londiste("-V").out()).startsWith("londiste (camel-londiste) ");
        assertThat(terminal.pgqadm("--version").out()).startsWith("pgqadm (camel-londiste) ");
    }

    @Test
    void reportsThatADaemonDoesNotRun() {
        var job = terminal.file("job.ini", "[londiste]\njob_name = j\npidfile = " + directory + "/j.pid\n");
        for (var option : List.of("-r", "-s", "-k")) {
            var result = terminal.londiste(option, job);

            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err())
                    .isEqualTo("londiste: j is not running: no process holds pid file " + directory + "/j.pid\n");
        }
        terminal.file("j.pid", ProcessHandle.current().pid() + "\n");

        assertThat(terminal.londiste("-k", job).err()).contains("is not running");
        job = terminal.file("job.ini", "[londiste]\n");
        assertThat(terminal.londiste(job, "-s").err()).contains("pidfile: has to be set for -d, -r, -s and -k");
    }

    @Test
    void aPidFileIsOneProcessAtATime() {
        var file = directory.resolve("p.pid");
        var taken = PidFile.take(file);
        try (taken) {
            assertThat(file).hasContent(ProcessHandle.current().pid() + "\n");
            assertThatThrownBy(() -> PidFile.take(file))
                    .hasMessage("already running as process "
                            + ProcessHandle.current().pid() + " (" + file + ")");
        }
        assertThat(file).doesNotExist();
        PidFile.take(file).close();
    }

    @Test
    void anImpossiblePidFileIsReportedInPlainWords() {
        var nowhere = directory.resolve("none/p.pid");
        assertThatThrownBy(() -> PidFile.take(nowhere))
                .hasMessage("pid file " + nowhere + " cannot be written: no such directory: " + nowhere.getParent());
        assertThatThrownBy(() -> PidFile.take(directory))
                .hasMessage("pid file " + directory + " cannot be written: it is a directory");
        assertThatThrownBy(() -> PidFile.owner(directory))
                .hasMessage("pid file " + directory + " cannot be read: it is a directory");
    }

    @Test
    void whatCannotBePrintedIsAFailure() {
        var full = new PrintStream(new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("no space left on device");
            }
        });
        var err = new ByteArrayOutputStream();

        int code = Cli.run(Program.LONDISTE, full, new PrintStream(err, true), "--ini");

        assertThat(code).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("londiste: standard output is closed or full; the output is incomplete\n");
    }
}
