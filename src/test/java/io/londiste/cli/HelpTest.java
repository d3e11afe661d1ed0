package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class HelpTest {
    @TempDir
    Path directory;

    /** Every command of both programs, as it is called. */
    static Stream<String> commands() {
        return Arrays.stream(Program.values())
                .map(HelpTest::commandLine)
                .flatMap(HelpTest::withSubcommands)
                .map(command -> command.getCommandSpec().qualifiedName());
    }

    private static Stream<CommandLine> withSubcommands(CommandLine command) {
        return Stream.concat(
                Stream.of(command), command.getSubcommands().values().stream().flatMap(HelpTest::withSubcommands));
    }

    private static CommandLine commandLine(Program program) {
        return Cli.commandLine(Cli.root(program, System.out, System.err));
    }

    static CommandSpec command(String name) {
        var words = List.of(name.split(" "));
        var command = commandLine(Program.named(words.get(0)));
        for (var word : words.subList(1, words.size())) {
            command = command.getSubcommands().get(word);
        }
        return command.getCommandSpec();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandDescribesItselfAndItsArguments(String name) {
        var command = command(name);

        assertThat(command.usageMessage().description()).isNotEmpty();
        assertThat(command.options()).allSatisfy(option -> assertThat(option.description())
                .as(option.longestName())
                .isNotEmpty());
        assertThat(command.positionalParameters()).allSatisfy(argument -> assertThat(argument.description())
                .as(argument.paramLabel())
                .isNotEmpty());
    }

    /** The list of a program's commands shows no more than that. */
    @ParameterizedTest
    @MethodSource("commands")
    void descriptionsBeginWithAWholeSentence(String name) {
        assertThat(command(name).usageMessage().description()[0]).endsWith(".");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasExamplesThatAreUnderstood(String name) {
        var command = command(name);

        assertThat(command.usageMessage().footer()).isNotEmpty().allSatisfy(example -> {
            var words = List.of(example.strip().replace("'", "").split(" +"));
            var line = commandLine(Program.named(words.get(0)));
            var parsed = line.parseArgs(words.subList(1, words.size()).toArray(String[]::new));
            assertThat(words.get(0)).isEqualTo(command.root().name());
            assertThat(parsed.asCommandLineList())
                    .extracting(each -> each.getCommandSpec().qualifiedName())
                    .satisfies(called -> assertThat(called.contains(name) || words.contains("-s"))
                            .isTrue());
        });
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandShowsItsHelp(String name) {
        var words = List.of((name + " --help").split(" "));
        var terminal = new Terminal(directory);
        var arguments = words.subList(1, words.size()).toArray(String[]::new);
        var result = words.get(0).equals("pgqadm") ? terminal.pgqadm(arguments) : terminal.londiste(arguments);

        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).startsWith("Usage: " + words.get(0) + " ").contains("Options:", "\nExamples:\n  ");
        assertThat(result.out().lines()).allMatch(line -> line.length() <= 80);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ':',
            value = {
                "londiste provider : londiste [options] config.ini provider command [arguments]",
                "londiste provider install : londiste [options] config.ini provider install",
                "londiste provider add : londiste [options] config.ini provider add (TABLE... | --all)",
                "londiste subscriber remove : londiste [options] config.ini subscriber remove (TABLE... | --all)",
                "londiste demo : londiste demo [--once]",
            })
    void theSynopsisShowsSwitchesAndArguments(String name, String synopsis) {
        assertThat(command(name).usageMessage().customSynopsis()).containsExactly(synopsis);
    }

    @Test
    void longSynopsesAreWrappedBelowTheirArguments() {
        var synopsis = command("londiste subscriber add").usageMessage().customSynopsis();

        assertThat(synopsis[0]).startsWith("londiste [options] config.ini subscriber add [--force] [--expect-sync]");
        assertThat(synopsis[1]).startsWith(" ".repeat("Usage: londiste [options] config.ini subscriber add ".length()));
        assertThat(synopsis[synopsis.length - 1]).endsWith(" (TABLE... | --all)");
    }
}
