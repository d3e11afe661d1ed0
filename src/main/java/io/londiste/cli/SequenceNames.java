package io.londiste.cli;

import java.util.List;
import picocli.CommandLine.Parameters;

/** The sequences that a command applies to. */
final class SequenceNames extends Names {
    @Parameters(
            arity = "0..*",
            paramLabel = "SEQUENCE",
            description = "Name, with its schema unless that is public; * and ? are wildcards.")
    private List<String> sequences;

    SequenceNames() {
        super("sequence");
    }

    @Override
    List<String> given() {
        return sequences;
    }
}
