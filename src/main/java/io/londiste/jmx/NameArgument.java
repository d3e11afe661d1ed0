package io.londiste.jmx;

import io.londiste.error.LondisteException;
import io.londiste.queue.EventSelection;
import io.londiste.table.Selection;

/** The arguments of an operation that select tables, sequences or events: names, or numbers, or all. */
final class NameArgument {
    static final String TABLES =
            "Names of tables, separated by commas or blanks; * and ? are wildcards; the schema is public"
                    + " unless given";

    static final String SEQUENCES =
            "Names of sequences, separated by commas or blanks; * and ? are wildcards; the schema is"
                    + " public unless given";

    private NameArgument() {}

    /** The selection; throws if neither names nor all are given, or both. */
    static Selection of(String written, boolean all) {
        var names = Selection.split(written);
        if (all != names.isEmpty()) {
            throw new LondisteException(
                    all ? "all cannot be combined with names" : "no name given; set all to select all of them");
        }
        return all ? Selection.ALL : Selection.of(names);
    }

    /** Failed events by number; throws if neither numbers nor all are given, or both, or if one is not a number. */
    static EventSelection events(String written, boolean all) {
        var names = of(written, all).names();
        try {
            return all
                    ? EventSelection.ALL
                    : EventSelection.of(names.stream().map(Long::valueOf).toList());
        } catch (NumberFormatException e) {
            throw new LondisteException("not the number of an event: " + written, e);
        }
    }
}
