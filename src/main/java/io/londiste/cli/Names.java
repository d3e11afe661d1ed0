package io.londiste.cli;

import io.londiste.table.Selection;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The arguments {@code NAME...} or {@code --all}. The description of the command says what {@code --all} includes. */
abstract class Names {
    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Option(names = "--all", description = "All of them, instead of named ones.")
    boolean all;

    private final String thing;

    Names(String thing) {
        this.thing = thing;
    }

    /** The names as given; null if there are none. */
    abstract List<String> given();

    /** The selected names or all; a usage error if neither or both are given. */
    Selection selection() {
        boolean none = given() == null;
        if (all != none) {
            throw Root.usageError(command, all ? "--all cannot be combined with names" : "no " + thing + " given");
        }
        return none ? Selection.ALL : Selection.of(given());
    }
}
