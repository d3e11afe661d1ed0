package io.londiste.manual;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.cli.Cli;
import io.londiste.cli.Program;
import io.londiste.config.Key;
import io.londiste.config.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.CommandSpec;

/** Man pages and completion scripts have all commands, switches and keys, and do what they are made for. */
class ManualTest {
    /** In each line, {@code _} stands for where the cursor is. */
    private static final String LINES = """
            londiste _ ; conf.ini sub.d demo
            londiste c_ ; conf.ini
            londiste conf.ini _ ; check compare demo provider repair replay routes status subscriber user
            londiste conf.ini sub_ ; subscriber
            londiste -v conf.ini sub_ ; subscriber
            londiste --routes sub.d conf.ini sub_ ; subscriber
            londiste --routes = sub.d conf.ini sub_ ; subscriber
            londiste --routes s_ ; sub.d
            londiste conf.ini subscriber re_ ; register remove remove-seq restore-triggers resync retry
            londiste conf.ini routes _ ; check export
            londiste conf.ini user _ ; add list password remove
            londiste conf.ini subscriber fkeys _ ; pending active
            londiste conf.ini subscriber triggers p_ ; pending
            londiste conf.ini subscriber add --f_ ; --force
            londiste conf.ini subscriber add t --skip_ ; --skip-truncate
            londiste conf.ini subscriber add t --co_ ; --columns
            londiste conf.ini subscriber add t --cr_ ; --create
            londiste conf.ini provider add --_ ; --all --help --quiet --verbose --version
            londiste conf.ini replay --re_ ; --reload --reset --rewind
            londiste conf.ini subscriber add _ ; ''
            londiste --in_ ; --ini
            londiste.py conf.ini prov_ ; provider
            pgqadm ticker.ini _ ; check config create discard drop failed install register retry routes status ticker unregister user
            pgqadm conf.ini status --j_ ; --json
            pgqadm.py conf.ini ti_ ; ticker
            """;

    private static final String BASH = """
            . COMPLETION.bash
            function=$(complete -p $1 | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
            COMP_WORDS=("$@")
            COMP_CWORD=$(($# - 1))
            $function
            echo "${COMPREPLY[*]}"
            """;

    /** Without a terminal there is no line to complete, so this answers what bashcompinit asks and prints it. */
    private static final String ZSH = """
            export ZDOTDIR=$PWD
            . COMPLETION.zsh
            compset() { return 1 }
            compadd() {
                while [[ $1 = -?* ]]; do
                    [[ $1 != -S ]] || shift
                    shift
                done
                shift
                print -l -- "$@"
                (( $# ))
            }
            words=("$@") CURRENT=$# PREFIX=$@[-1] IPREFIX= SUFFIX= ISUFFIX= QIPREFIX=
            ${=_comps[$1]} | grep "^$PREFIX" || true
            """;

    @TempDir
    Path directory;

    @BeforeEach
    void write() throws IOException {
        Manual.write(Path.of("src/main/man"), directory);
    }

    /** The page as it is read, without its dashes' backslashes. */
    private String page(String name) throws IOException {
        return Files.readString(directory.resolve("man").resolve(name)).replace("\\-", "-");
    }

    private String run(Path where, String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command)
                .directory(where.toFile())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @ParameterizedTest
    @EnumSource(Program.class)
    void aPageHasEveryCommandWithItsSwitches(Program program) throws IOException {
        var root = Cli.commandLine(Cli.root(program, System.out, System.err)).getCommandSpec();

        assertDescribed(page(program.written() + ".1"), root);
    }

    private static void assertDescribed(String page, CommandSpec command) {
        for (var line : command.usageMessage().customSynopsis()) {
            assertThat(page).contains(line.strip());
        }
        assertThat(command.options()).allSatisfy(option -> assertThat(page).contains(option.names()));
        for (var each : command.subcommands().values()) {
            for (var line : each.getCommandSpec().usageMessage().description()) {
                assertThat(page).contains(line.strip());
            }
            assertDescribed(page, each.getCommandSpec());
        }
    }

    @Test
    void aPageHasEveryStateAndOneEveryKey() throws IOException {
        assertThat(page("londiste.1"))
                .contains("NEW ", "in-copy ", "catching-up ", "wanna-sync:<tick-id> ", "do-sync:<tick-id> ", "ok ");
        var keys = page("londiste.5");
        for (var section : Section.values()) {
            assertThat(keys).contains(".SH KEYS OF [" + section.written() + "]");
            for (var key : Key.of(section)) {
                assertThat(keys).contains("\\fB" + key.written() + "\\fR\n" + key.meaning(section) + "\n");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"londiste.1", "londiste.5", "pgqadm.1"})
    void pagesAreRightRoff(String name) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/groff")), "groff is not installed here");

        assertThat(run(directory, "groff", "-man", "-Tutf8", "-ww", "-z", "man/" + name))
                .isEmpty();
        assertThat(run(directory, "groff", "-man", "-Tascii", "-P-cbou", "man/" + name))
                .contains("NAME\n", "SEE ALSO\n")
                .doesNotContain("\n@", "\\f");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = LINES)
    void bashCompletes(String line, String completions) throws Exception {
        assertThat(completed("/bin/bash", BASH, line)).containsExactlyInAnyOrder(completions.split(" "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = LINES)
    void zshCompletes(String line, String completions) throws Exception {
        assertThat(completed("/bin/zsh", ZSH, line)).containsExactlyInAnyOrder(completions.split(" "));
    }

    private String[] completed(String shell, String script, String line) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of(shell)), shell + " is not installed here");
        var work = Files.createDirectories(directory.resolve("work/sub.d")).getParent();
        Files.writeString(work.resolve("conf.ini"), "");
        Files.writeString(work.resolve("other.txt"), "");
        var words = line.replaceFirst("_$", "").split(" ", -1);
        var completion = directory.resolve("completion/" + words[0].replace(".py", ""));
        var command = new ArrayList<>(List.of(shell, "-c", script.replace("COMPLETION", completion.toString()), "sh"));
        command.addAll(List.of(words));
        return run(work, command.toArray(String[]::new)).strip().split("\\s+");
    }

    @Test
    void zshLoadsTheSameByItsBashcompinit() throws IOException {
        var completion = directory.resolve("completion");
        assertThat(Files.readString(completion.resolve("londiste.zsh")))
                .contains("bashcompinit\n")
                .endsWith(Files.readString(completion.resolve("londiste.bash")));
    }
}
