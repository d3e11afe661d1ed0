package io.londiste.manual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Generates a script that completes the words of a program's command lines, for bash and, through bashcompinit, zsh.
 *
 * <p>picocli's own script does not handle an INI file before the commands.
 */
final class ShellCompletion {
    private static final String SCRIPT = """
            _PROGRAM() {
                local cur=${COMP_WORDS[COMP_CWORD]} command= ini= value= word switches= nouns=
                for word in "${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
                    if [ -n "$value" ]; then
                        [ "$word" = '=' ] || value=
                        continue
                    fi
                    case "$command $word" in
                    OPTIONS_WITH_VALUE) value=yes ;;
                    *" -"*) ;;
                    COMMANDS) command="$command $word" ;;
                    *) [ -n "$command" ] || ini=yes ;;
                    esac
                done
                case $command in
            CASES
                esac
                COMPREPLY=()
                if [ -n "$value" ]; then
                    [ "$cur" != '=' ] || cur=
                    local IFS=$'\\n'
                    compopt -o filenames 2>/dev/null
                    COMPREPLY=($(compgen -d -- "$cur"))
                elif [ "${cur#-}" != "$cur" ]; then
                    COMPREPLY=($(compgen -W "$switches" -- "$cur"))
                elif [ -z "$command$ini" ]; then
                    local IFS=$'\\n'
                    compopt -o filenames 2>/dev/null
                    COMPREPLY=($(compgen -f -X '!*.ini' -- "$cur") $(compgen -d -- "$cur")WITHOUT_INI)
                else
                    COMPREPLY=($(compgen -W "$nouns" -- "$cur"))
                fi
            }
            complete -F _PROGRAM PROGRAM PROGRAM.py
            """;

    /** The label of an argument that is one of a few words. */
    private static final String CHOICE = "[a-z]+(\\|[a-z]+)+";

    private final CommandSpec root;

    private ShellCompletion(CommandSpec root) {
        this.root = root;
    }

    static String bash(CommandSpec root) {
        return new ShellCompletion(root).script();
    }

    static String zsh(CommandSpec root) {
        return "autoload -Uz compinit bashcompinit\nwhence compdef >/dev/null || compinit\nbashcompinit\n\n"
                + bash(root);
    }

    private String script() {
        var commands = descendants(root).toList();
        var names = commands.stream().map(this::path).map(path -> "\"" + path + "\"");
        var cases = Stream.concat(Stream.of(root), commands.stream()).map(this::branch);
        return SCRIPT.replace("OPTIONS_WITH_VALUE", join(" | ", withValue()))
                .replace("COMMANDS", join(" | ", names))
                .replace("CASES", cases.collect(Collectors.joining("\n")))
                .replace("WITHOUT_INI", root.subcommands().containsKey("demo") ? " $(compgen -W demo -- \"$cur\")" : "")
                .replace("PROGRAM", root.name());
    }

    private static String join(String between, Stream<String> texts) {
        return texts.collect(Collectors.joining(between));
    }

    private static Stream<CommandSpec> descendants(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(each -> each.getCommandSpec())
                .flatMap(each -> Stream.concat(Stream.of(each), descendants(each)));
    }

    /** The words of the command, each preceded by a blank. */
    private String path(CommandSpec command) {
        return command.qualifiedName().substring(root.name().length());
    }

    private Stream<String> withValue() {
        return Stream.concat(Stream.of(root), descendants(root))
                .flatMap(command -> command.options().stream())
                .filter(option -> option.arity().max() > 0)
                .flatMap(option -> Arrays.stream(option.names()))
                .distinct()
                .map(name -> "*\" " + name + "\"");
    }

    private String branch(CommandSpec command) {
        var options = command.options().stream().map(OptionSpec::names).flatMap(Arrays::stream);
        return "    '%s') switches='%s' nouns='%s' ;;"
                .formatted(path(command), join(" ", options), String.join(" ", words(command)));
    }

    private static List<String> words(CommandSpec command) {
        var words = new ArrayList<>(command.subcommands().keySet());
        for (var argument : command.positionalParameters()) {
            if (argument.paramLabel().matches(CHOICE)) {
                words.addAll(List.of(argument.paramLabel().split("\\|")));
            }
        }
        return words;
    }
}
