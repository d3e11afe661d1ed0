package io.londiste.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Checks that picocli's annotations cannot express. */
final class Arguments {
    private Arguments() {}

    /** The names; none with {@code --all}, at least one without. */
    static List<String> oneOf(CommandSpec command, boolean all, List<String> names) {
        boolean none = names == null || names.isEmpty();
        if (all != none) {
            throw Root.wrong(command, all ? "--all leaves no room for names" : "no table given");
        }
        return none ? List.of() : names;
    }
}
