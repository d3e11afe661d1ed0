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

/** The commands, switches and keys of the programs as Markdown. */
final class Reference {
    private final CommandSpec root;
    private final List<String> lines = new ArrayList<>();

    private Reference(CommandSpec root) {
        this.root = root;
    }

    /** The options that all commands of a program take. */
    static List<String> options(CommandSpec root) {
        var reference = new Reference(root);
        reference.lines.add("");
        root.options().forEach(reference::option);
        reference.lines.add("");
        return reference.lines;
    }

    /** An overview of a program's commands, and a section about each. */
    static List<String> commands(CommandSpec root) {
        var reference = new Reference(root);
        reference.overview();
        leaves(root).forEach(reference::command);
        reference.lines.add("");
        return reference.lines;
    }

    /** The keys of a section of the INI file. */
    static List<String> keys(Section section) {
        var lines = new ArrayList<String>();
        lines.addAll(List.of("", "| key | meaning | default |", "|---|---|---|"));
        for (var key : Key.of(section)) {
            var fallback = key.fallback(section).isEmpty() ? "none" : "`" + key.fallback(section) + "`";
            lines.add("| `%s` | %s | %s |"
                    .formatted(
                            key.written(),
                            escaped(key.meaning(section)),
                            key.required(section) ? "required" : fallback));
        }
        lines.add("");
        return lines;
    }

    private static Stream<CommandSpec> leaves(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(each -> each.getCommandSpec())
                .flatMap(each -> each.subcommands().isEmpty() ? Stream.of(each) : leaves(each));
    }

    private void overview() {
        lines.addAll(List.of("", "| command | purpose |", "|---|---|"));
        leaves(root).forEach(command -> {
            var name = command.qualifiedName();
            lines.add("| [`%s`](#%s) | %s |"
                    .formatted(
                            name.substring(root.name().length() + 1),
                            name.replace(' ', '-').toLowerCase(Locale.ROOT),
                            escaped(command.usageMessage().description()[0])));
        });
    }

    private void command(CommandSpec command) {
        var usage = command.usageMessage();
        lines.addAll(List.of("", "### " + command.qualifiedName(), ""));
        var inHelp = " ".repeat("Usage: ".length());
        verbatim(
                "text",
                Arrays.stream(usage.customSynopsis())
                        .map(line -> line.startsWith(inHelp) ? line.substring(inHelp.length()) : line)
                        .toList());
        text(List.of(usage.description()));
        lines.add("");
        for (var argument : command.positionalParameters()) {
            item(argument.paramLabel(), argument.description());
        }
        command.options().stream()
                .filter(option -> !option.hidden() && root.findOption(option.longestName()) == null)
                .forEach(this::option);
        if (!lines.get(lines.size() - 1).isEmpty()) {
            lines.add("");
        }
        lines.addAll(List.of(usage.footer().length == 1 ? "Example:" : "Examples:", ""));
        verbatim("sh", Arrays.stream(usage.footer()).map(String::strip).toList());
    }

    private void option(OptionSpec option) {
        var value = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
        item(String.join("`, `", option.names()) + value, option.description());
    }

    private void item(String term, String... description) {
        lines.add("- `%s`: %s".formatted(term, escaped(String.join(" ", description))));
    }

    /** Lines that are indented stay as they are; the others are filled. */
    private void text(List<String> description) {
        lines.add("");
        boolean asItIs = false;
        for (var line : description) {
            if (line.startsWith(" ") != asItIs) {
                asItIs = !asItIs;
                lines.addAll(asItIs ? List.of("", "```text") : List.of("```", ""));
            }
            lines.add(asItIs ? line.strip() : escaped(line));
        }
        if (asItIs) {
            lines.add("```");
        }
    }

    private void verbatim(String language, List<String> text) {
        lines.add("```" + language);
        lines.addAll(text);
        lines.add("```");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replaceAll("([*_|])", "\\\\$1");
    }
}
