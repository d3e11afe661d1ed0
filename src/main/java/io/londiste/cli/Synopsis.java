package io.londiste.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The synopsis of a command, made from its own switches and arguments; those of all commands show as {@code [options]}. */
final class Synopsis {
    /** The option that replaces the names, in commands that have it. */
    private static final String ALL = "--all";

    private static final int WIDTH = 80;
    /** The width of picocli's {@code Usage: } before the first line. */
    private static final int USAGE = "Usage: ".length();

    private final CommandSpec command;

    Synopsis(CommandSpec command) {
        this.command = command;
    }

    /** The lines; all but the first are indented to align with the arguments of the first. */
    String[] lines() {
        var lines = new ArrayList<String>();
        var line = new StringBuilder(start());
        var indent = " ".repeat(USAGE + line.length());
        int width = WIDTH - USAGE;
        for (var word : words()) {
            if (line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line = new StringBuilder(indent);
                width = WIDTH;
            }
            line.append(' ').append(word);
        }
        lines.add(line.toString());
        return lines.toArray(String[]::new);
    }

    private String start() {
        var root = command.root();
        return "%s [options] %s %s"
                .formatted(
                        root.name(),
                        root.positionalParameters().get(0).paramLabel(),
                        command.qualifiedName().substring(root.name().length() + 1));
    }

    private List<String> words() {
        if (!command.subcommands().isEmpty()) {
            return List.of("command", "[arguments]");
        }
        boolean all = command.findOption(ALL) != null;
        var daemon = command.findOption("--daemon") == null ? Stream.<String>empty() : Stream.of("[-d | -r | -s | -k]");
        var switches = command.options().stream()
                .filter(option -> !option.hidden() && command.root().findOption(option.longestName()) == null)
                .filter(option -> !option.longestName().equals(ALL))
                .map(Synopsis::written);
        var arguments = command.positionalParameters().stream()
                .map(argument -> written(argument, all && argument.arity().max() > 1));
        return Stream.of(daemon, switches, arguments).flatMap(each -> each).toList();
    }

    private static String written(OptionSpec option) {
        var name = name(option);
        var withValue = option.arity().max() == 0 ? name : name + "=" + option.paramLabel();
        return option.required() ? withValue : "[" + withValue + "]";
    }

    /** The first of the long names; the others are alternative spellings. */
    static String name(OptionSpec option) {
        return Arrays.stream(option.names())
                .filter(name -> name.startsWith("--"))
                .findFirst()
                .orElse(option.longestName());
    }

    private static String written(PositionalParamSpec argument, boolean all) {
        var label = argument.paramLabel() + (argument.arity().max() > 1 ? "..." : "");
        if (all) {
            return "(" + label + " | " + ALL + ")";
        }
        return argument.arity().min() > 0 ? label : "[" + label + "]";
    }
}
