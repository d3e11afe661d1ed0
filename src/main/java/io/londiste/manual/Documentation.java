package io.londiste.manual;

import io.londiste.cli.Cli;
import io.londiste.cli.Program;
import io.londiste.config.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The parts of documentation pages that are generated from the program: those between the comments {@code begin NAME} and
 * {@code end}. The pages are kept in the sources, so that they can be read there.
 */
final class Documentation {
    private static final Pattern BEGIN = Pattern.compile("(?:<!--|//) begin (\\w+) (\\w+)(?: -->)?");
    private static final Pattern END = Pattern.compile("(?:<!--|//) end(?: -->)?");

    private final Path project;

    /** @param project the project's directory */
    Documentation(Path project) {
        this.project = project;
    }

    /** Brings the pages up to date; those that are up to date are not written. */
    void write() throws IOException {
        for (var page : List.of("src/site/markdown/reference.md", "src/main/docs/pgq-component.adoc")) {
            var file = project.resolve(page);
            var before = Files.readAllLines(file);
            var after = fill(before);
            if (!after.equals(before)) {
                Files.write(file, after);
            }
        }
    }

    private List<String> fill(List<String> page) throws IOException {
        var filled = new ArrayList<String>();
        boolean generated = false;
        for (var line : page) {
            var begin = BEGIN.matcher(line);
            generated &= !END.matcher(line).matches();
            if (!generated) {
                filled.add(line);
            }
            if (begin.matches()) {
                generated = true;
                filled.addAll(part(begin.group(1), begin.group(2)));
            }
        }
        return filled;
    }

    private List<String> part(String kind, String of) throws IOException {
        return switch (kind) {
            case "options" -> Reference.options(root(of));
            case "commands" -> Reference.commands(root(of));
            case "keys" -> Reference.keys(Section.valueOf(of.toUpperCase(Locale.ROOT)));
            case "component" -> new ComponentTables(project.resolve(ComponentTables.METADATA)).of(of);
            default -> throw new IllegalArgumentException("no such part of a page: " + kind);
        };
    }

    private static CommandSpec root(String program) {
        var root = Cli.root(Program.valueOf(program.toUpperCase(Locale.ROOT)), System.out, System.err);
        return Cli.commandLine(root).getCommandSpec();
    }
}
