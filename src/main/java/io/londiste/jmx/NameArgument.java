package io.londiste.jmx;

import io.londiste.error.LondisteException;
import io.londiste.table.Selection;

/** Which tables or sequences an operation is about. */
final class NameArgument {
    static final String TABLES = "Names of tables, separated by commas or blanks; * and ? are wildcards; a name without"
            + " a schema belongs to public";

    static final String SEQUENCES = "Names of sequences, separated by commas or blanks; * and ? are wildcards; a name"
            + " without a schema belongs to public";

    private NameArgument() {}

    /** Fails if there is neither a name nor all, or both. */
    static Selection of(String written, boolean all) {
        var names = Selection.split(written);
        if (all != names.isEmpty()) {
            throw new LondisteException(all ? "all leaves no room for names" : "no name given; all takes all of them");
        }
        return all ? Selection.ALL : Selection.of(names);
    }
}
