package io.londiste.cli;

import io.londiste.check.Check;
import io.londiste.check.Finding;
import io.londiste.check.Finding.Level;
import io.londiste.daemon.ExitCode;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code londiste config.ini check}, and {@code pgqadm}'s. */
@Command(
        name = "check",
        description = {
            "Check whether the databases have what the program needs, and show what is missing with what to do.",
            "Checked are connections, servers, clocks, settings, sessions, schemas, rights, the ticker and, for londiste, the"
                    + " tables. Nothing is changed. Free disk space is left out, because a server does not show it to"
                    + " ordinary roles.",
            "Each line has the database, what was checked, and what was found:",
            "  ok       it is as it should be; left out with -q",
            "  warning  it works, but may fail or do harm in some situation",
            "  problem  something does not work",
            "Exits with 1 if there are problems."
        },
        footer = "  ${ROOT-COMMAND-NAME} config.ini check")
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption format;

    @Override
    public Integer call() {
        var root = Root.of(spec);
        root.requireNoDaemonOptions(spec);
        var findings = Check.of(root.settings());
        if (format.json) {
            Listing.json(root.out, findings);
        } else {
            print(findings, root.quiet, root.out);
        }
        return findings.stream().anyMatch(finding -> finding.level() == Level.PROBLEM) ? ExitCode.FAILED : ExitCode.OK;
    }

    private static void print(List<Finding> findings, boolean quiet, PrintStream out) {
        findings.stream()
                .filter(finding -> !quiet || finding.level() != Level.OK)
                .forEach(finding -> out.printf(
                        "%-8s %-10s %s: %s%n",
                        finding.level(), finding.side(), finding.topic(), Listing.line(finding.text())));
    }
}
