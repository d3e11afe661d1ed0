package io.londiste.cli;

import io.londiste.table.Selection;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a command is about: {@code NAME...} or {@code --all}. What all means, the command's description says. */
abstract class Names {
    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Option(names = "--all", description = "All of them, instead of names.")
    boolean all;

    private final String thing;

    Names(String thing) {
        this.thing = thing;
    }

    /** The names as they are given; null if there are none. */
    abstract List<String> given();

    /** What was chosen; wrong usage if that is nothing, or both. */
    Selection selection() {
        boolean none = given() == null;
        if (all != none) {
            throw Root.wrong(command, all ? "--all leaves no room for names" : "no " + thing + " given");
        }
        return none ? Selection.ALL : Selection.of(given());
    }
}
