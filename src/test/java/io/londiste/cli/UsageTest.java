package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong usage of every command: exit code 2, a line with the problem and a line with what to try. */
class UsageTest {
    @TempDir
    Path directory;

    private Terminal terminal;
    private String config;

    @BeforeEach
    void writeConfig() {
        terminal = new Terminal(directory);
        config = terminal.file("conf.ini", "[londiste]\n[pgqadm]\n");
    }

    /** The commands that do something. Programs and groups of commands have subcommands and do nothing themselves. */
    static Stream<String> commands() {
        return HelpTest.commands()
                .filter(name -> HelpTest.command(name).subcommands().isEmpty());
    }

    /** Those that need an INI file. */
    static Stream<String> configured() {
        return commands().filter(name -> !example(name).isEmpty());
    }

    static Stream<String> withRequiredArguments() {
        return commands().filter(name -> {
            var command = HelpTest.command(name);
            return command.findOption("--all") != null
                    || command.positionalParameters().stream()
                            .anyMatch(argument -> argument.arity().min() > 0);
        });
    }

    static Stream<String> withLimitedArguments() {
        return commands().filter(name -> HelpTest.command(name).positionalParameters().stream()
                .noneMatch(argument -> argument.arity().isVariable()));
    }

    /** The arguments of the command's first example, without its INI file; none if it needs no such file. */
    static List<String> example(String name) {
        return Arrays.stream(HelpTest.command(name).usageMessage().footer())
                .map(line -> List.of(line.strip().replace("'", "").split(" +")))
                .filter(words -> words.stream().anyMatch(word -> word.endsWith(".ini")))
                .map(words -> words.stream()
                        .skip(1)
                        .filter(word -> !word.endsWith(".ini"))
                        .toList())
                .findFirst()
                .orElse(List.of());
    }

    private void isWrong(String name, String message, List<String> arguments) {
        var result = name.startsWith("pgqadm")
                ? terminal.pgqadm(arguments.toArray(String[]::new))
                : terminal.londiste(arguments.toArray(String[]::new));

        assertThat(result.code()).as(result.toString()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines()).hasSizeBetween(1, 2);
        assertThat(result.errLines().get(0)).matches(name.split(" ")[0] + ": " + message);
    }

    /** The INI file, the command's words and more. */
    private List<String> line(String name, String... more) {
        var words = new ArrayList<String>();
        words.add(config);
        words.addAll(List.of(name.split(" ")).subList(1, name.split(" ").length));
        words.addAll(List.of(more));
        return words;
    }

    @ParameterizedTest
    @MethodSource("commands")
    void anUnknownOption(String name) {
        isWrong(name, "no such option: --nonsense", withRequired(name, "--nonsense"));
    }

    /** The line, and after it something for each argument that is required. */
    private ArrayList<String> withRequired(String name, String more) {
        var words = new ArrayList<>(line(name, more));
        HelpTest.command(name).positionalParameters().stream()
                .filter(argument -> argument.arity().min() > 0)
                .forEach(argument -> words.add("x"));
        return words;
    }

    @ParameterizedTest
    @MethodSource("configured")
    void noIniFile(String name) {
        isWrong(name, "no config.ini given", example(name));
    }

    @ParameterizedTest
    @MethodSource("withRequiredArguments")
    void noArguments(String name) {
        isWrong(name, "no (table|sequence|queue|consumer|name|dir|file|script) given", line(name));
    }

    @ParameterizedTest
    @MethodSource("withLimitedArguments")
    void anArgumentTooMany(String name) {
        var arguments = HelpTest.command(name).positionalParameters().stream()
                .map(argument -> argument.paramLabel().split("\\|")[0])
                .toList();
        var given = Stream.concat(arguments.stream(), Stream.of("superfluous")).toArray(String[]::new);

        isWrong(name, "unexpected argument: superfluous", line(name, given));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void namesBesidesAll(String name) {
        if (HelpTest.command(name).findOption("--all") != null) {
            var words = withRequired(name, "--all");
            words.add("1");
            isWrong(name, "--all cannot be combined with (names|numbers)", words);
        }
    }

    @ParameterizedTest
    @MethodSource("configured")
    void switchesOfDaemonsAtOtherCommands(String name) {
        if (HelpTest.command(name).findOption("--daemon") == null) {
            var words = new ArrayList<>(example(name));
            words.add(0, config);
            words.add(0, "-d");
            isWrong(name, "-d, -r, -s and -k are for (replay|ticker)", words);
        }
    }
}
