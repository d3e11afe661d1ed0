package io.londiste.cli;

import java.util.List;
import picocli.CommandLine.Parameters;

/** The tables that a command applies to. */
final class TableNames extends Names {
    @Parameters(
            arity = "0..*",
            paramLabel = "TABLE",
            description = "Name, with its schema unless that is public; * and ? are wildcards.")
    private List<String> tables;

    TableNames() {
        super("table");
    }

    @Override
    List<String> given() {
        return tables;
    }
}
