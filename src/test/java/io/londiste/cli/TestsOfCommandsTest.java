package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.config.Key;
import io.londiste.table.TableState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** README's table of commands, switches, states and keys has all that there are, each with a test that there is. */
class TestsOfCommandsTest {
    private static final String HEADING = "## Which test runs what";
    private static final Pattern ROW = Pattern.compile("\\| `([^`]+)`[^|]*\\|([^|]*)\\|");
    private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");

    /** What the table has, with the tests of each. */
    private static Map<String, List<MatchResult>> rows() throws IOException {
        var readme = Files.readString(Path.of("README.md"));
        assertThat(readme).contains(HEADING);
        var rows = new LinkedHashMap<String, List<MatchResult>>();
        readme.substring(readme.indexOf(HEADING)).lines().forEach(line -> {
            var row = ROW.matcher(line);
            if (row.matches()) {
                rows.put(
                        row.group(1).replace("\\", ""),
                        TEST.matcher(row.group(2)).results().toList());
            }
        });
        return rows;
    }

    private static List<String> wanted() {
        var wanted = new ArrayList<String>();
        add(commandLine(Program.LONDISTE), "", wanted);
        add(commandLine(Program.PGQADM), "pgqadm ", wanted);
        Arrays.stream(TableState.Phase.values())
                .map(phase -> new TableState(phase, 0).toString().replace(":0", ":<tick-id>"))
                .forEach(wanted::add);
        Arrays.stream(Key.values()).map(Key::written).forEach(wanted::add);
        return wanted;
    }

    private static CommandLine commandLine(Program program) {
        return Cli.commandLine(Cli.root(program, System.out, System.err));
    }

    /** The command's own switches, and the commands below it. */
    private static void add(CommandLine command, String path, List<String> wanted) {
        command.getCommandSpec().options().stream()
                .filter(option -> !option.inherited() && !option.hidden())
                .map(OptionSpec::longestName)
                .forEach(option -> wanted.add(path + option));
        command.getSubcommands().forEach((name, below) -> {
            if (!below.getCommandSpec().usageMessage().hidden()) {
                wanted.add(path + name);
                add(below, path + name + " ", wanted);
            }
        });
    }

    @Test
    void allThatThereIsHasARow() throws IOException {
        assertThat(new TreeSet<>(rows().keySet())).isEqualTo(new TreeSet<>(wanted()));
    }

    @Test
    void eachRowNamesATestThatThereIs() throws IOException {
        var sources = sources();
        rows().forEach((what, tests) -> {
            assertThat(tests).as(what).isNotEmpty();
            for (var test : tests) {
                assertThat(sources).as(what).containsKey(test.group(1));
                assertThat(sources.get(test.group(1)).contains("void " + test.group(2) + "("))
                        .as(what + ": " + test.group())
                        .isTrue();
            }
        });
    }

    private static Map<String, String> sources() throws IOException {
        var sources = new LinkedHashMap<String, String>();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (var file :
                    files.filter(name -> name.toString().endsWith(".java")).toList()) {
                sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }
        return sources;
    }
}
