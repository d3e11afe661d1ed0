package io.londiste.manual;

import io.londiste.config.Key;
import io.londiste.config.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Fills in the generated parts of a man page. The page is roff; the placeholders {@code @synopsis@}, {@code @options@},
 * {@code @commands@} and {@code @keys londiste@}, each on its own line, are replaced by text made from the commands and
 * the keys of the program.
 */
final class ManPage {
    private static final String KEYS = "@keys ";

    private final CommandSpec root;
    private final List<String> lines = new ArrayList<>();

    private ManPage(CommandSpec root) {
        this.root = root;
    }

    static List<String> fill(List<String> page, CommandSpec root) {
        var filled = new ManPage(root);
        page.forEach(filled::line);
        return filled.lines;
    }

    private void line(String line) {
        if (line.equals("@synopsis@")) {
            synopsis(root);
        } else if (line.equals("@options@")) {
            root.options().forEach(this::option);
        } else if (line.equals("@commands@")) {
            commands();
        } else if (line.startsWith(KEYS)) {
            keys(Section.valueOf(
                    line.substring(KEYS.length(), line.length() - 1).toUpperCase(Locale.ROOT)));
        } else {
            lines.add(line);
        }
    }

    private void commands() {
        var commands = subcommands(root);
        for (var group :
                commands.stream().filter(each -> !subcommands(each).isEmpty()).toList()) {
            add(".SH %s COMMANDS", group.name().toUpperCase(Locale.ROOT));
            synopsis(group);
            text(List.of(group.usageMessage().description()));
            subcommands(group).forEach(this::command);
        }
        add(
                ".SH %sCOMMANDS",
                commands.stream().allMatch(each -> subcommands(each).isEmpty()) ? "" : "OTHER ");
        commands.stream().filter(each -> subcommands(each).isEmpty()).forEach(this::command);
    }

    private static List<CommandSpec> subcommands(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(each -> each.getCommandSpec())
                .toList();
    }

    private void command(CommandSpec command) {
        var usage = command.usageMessage();
        add(".SS %s", escaped(command.qualifiedName().substring(root.name().length() + 1)));
        synopsis(command);
        text(List.of(usage.description()));
        for (var argument : command.positionalParameters()) {
            item(argument.paramLabel(), argument.description());
        }
        command.options().stream()
                .filter(option -> root.findOption(option.longestName()) == null)
                .forEach(this::option);
        add(".PP");
        add(usage.footer().length == 1 ? "Example:" : "Examples:");
        verbatim(Arrays.stream(usage.footer()).map(String::strip).toList());
    }

    private void option(OptionSpec option) {
        var value = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
        item(String.join(", ", option.names()) + value, option.description());
    }

    private void keys(Section section) {
        for (var key : Key.of(section)) {
            var fallback = key.fallback(section).isEmpty() ? "none" : key.fallback(section);
            var last = key.required(section) ? "Required." : "Default: " + fallback + ".";
            item(key.written(), key.meaning(section), last);
        }
    }

    private void item(String term, String... description) {
        add(".TP");
        add("\\fB%s\\fR", escaped(term));
        Stream.of(description).map(ManPage::escaped).forEach(lines::add);
    }

    /** Adds a description. Indented lines keep their line breaks; roff fills the others. */
    private void text(List<String> description) {
        add(".PP");
        boolean preformatted = false;
        for (var line : description) {
            if (line.startsWith(" ") != preformatted) {
                preformatted = !preformatted;
                add(preformatted ? ".PP\n.nf\n.RS 4" : ".RE\n.fi\n.PP");
            }
            lines.add(escaped(line.strip()));
        }
        if (preformatted) {
            add(".RE\n.fi");
        }
    }

    private void synopsis(CommandSpec command) {
        var inHelp = " ".repeat("Usage: ".length());
        verbatim(Arrays.stream(command.usageMessage().customSynopsis())
                .map(line -> line.startsWith(inHelp) ? line.substring(inHelp.length()) : line)
                .toList());
    }

    private void verbatim(List<String> text) {
        add(".PP\n.nf\n.RS 4");
        text.stream().map(ManPage::escaped).forEach(lines::add);
        add(".RE\n.fi");
    }

    private void add(String format, Object... values) {
        lines.add(values.length == 0 ? format : format.formatted(values));
    }

    private static String escaped(String text) {
        var escaped = text.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
