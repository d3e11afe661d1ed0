package io.londiste.manual;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.cli.Cli;
import io.londiste.cli.Program;
import io.londiste.config.Key;
import io.londiste.config.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.CommandSpec;

/** Reference pages have all commands, switches, keys and options, and are those of the program as it is. */
class DocumentationTest {
    private static final Path REFERENCE = Path.of("src/site/markdown/reference.md");
    private static final Path COMPONENT = Path.of("src/main/docs/pgq-component.adoc");

    @TempDir
    Path project;

    @BeforeEach
    void copy() throws IOException {
        for (var file : List.of(REFERENCE, COMPONENT, ComponentTables.METADATA)) {
            Files.createDirectories(project.resolve(file).getParent());
            Files.copy(file, project.resolve(file));
        }
    }

    private String written(Path page) throws IOException {
        new Documentation(project).write();
        return Files.readString(project.resolve(page));
    }

    @Test
    void thePagesOfTheSourcesAreUpToDate() throws IOException {
        assertThat(written(REFERENCE)).isEqualTo(Files.readString(REFERENCE));
        assertThat(written(COMPONENT)).isEqualTo(Files.readString(COMPONENT));
    }

    @Test
    void onlyWhatIsGeneratedIsReplaced() throws IOException {
        Files.writeString(
                project.resolve(REFERENCE), "before\n<!-- begin keys pgqadm -->\noutdated\n<!-- end -->\nafter\n");

        assertThat(written(REFERENCE))
                .startsWith("before\n<!-- begin keys pgqadm -->\n\n| key |")
                .endsWith("|\n\n<!-- end -->\nafter\n")
                .doesNotContain("outdated");
    }

    @Test
    void theReferenceHasEveryCommandSwitchAndKey() throws IOException {
        var page = written(REFERENCE);

        for (var program : Program.values()) {
            assertDescribed(
                    page,
                    Cli.commandLine(Cli.root(program, System.out, System.err)).getCommandSpec());
        }
        for (var section : Section.values()) {
            assertThat(Key.of(section)).allSatisfy(key -> assertThat(page).contains("| `" + key.written() + "` | "));
        }
    }

    private static void assertDescribed(String page, CommandSpec command) {
        if (command.subcommands().isEmpty()) {
            assertThat(page).contains("\n### " + command.qualifiedName() + "\n");
            assertThat(command.positionalParameters())
                    .allSatisfy(argument -> assertThat(page).contains("\n- `" + argument.paramLabel() + "`: "));
        }
        assertThat(command.options())
                .flatExtracting(option -> Arrays.asList(option.names()))
                .allSatisfy(name -> assertThat(page).containsPattern("[`\n]" + name + "[`=]"));
        command.subcommands().values().forEach(each -> assertDescribed(page, each.getCommandSpec()));
    }

    @Test
    void theComponentsPageHasItsOptionsAndHeaders() throws IOException {
        assertThat(written(COMPONENT))
                .contains("| *queue* (path, common) | *Required.* The name of the queue. |  | String\n")
                .contains("| *maxEvents* (consumer) | ", " | 10000 | long\n")
                .contains("| *CamelPgqTickTime* (consumer) | ", " | OffsetDateTime\n")
                .contains("| *autowiredEnabled* (advanced) | ");
    }
}
