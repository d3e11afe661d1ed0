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

/** The tables in src/test/README.md have every command, switch, state and key, each with a test that exists. */
class TestsOfCommandsTest {
    private static final Path PAGE = Path.of("src/test/README.md");
    private static final String HEADING = "## Which test runs what";
    private static final Pattern ROW = Pattern.compile("\\| `([^`]+)`[^|]*\\|([^|]*)\\|");
    private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");

    /** What the tables list, with the tests of each. */
    private static Map<String, List<MatchResult>> rows() throws IOException {
        var page = Files.readString(PAGE);
        assertThat(page).contains(HEADING);
        var rows = new LinkedHashMap<String, List<MatchResult>>();
        page.substring(page.indexOf(HEADING)).lines().forEach(line -> {
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
    void everythingHasARow() throws IOException {
        assertThat(new TreeSet<>(rows().keySet())).isEqualTo(new TreeSet<>(wanted()));
    }

    @Test
    void eachRowNamesATest() throws IOException {
        assertThat(rows()).allSatisfy((what, tests) -> assertThat(tests).isNotEmpty());
    }

    @Test
    void everyTestThatThePageNamesExists() throws IOException {
        var sources = sources();
        var named = TEST.matcher(Files.readString(PAGE)).results().toList();
        assertThat(named).isNotEmpty().allSatisfy(test -> assertThat(sources.getOrDefault(test.group(1), ""))
                .as(test.group())
                .contains("void " + test.group(2) + "("));
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
