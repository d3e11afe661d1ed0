package io.londiste.cli;

import io.londiste.demo.Demo;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code londiste demo}. */
@Command(
        name = "demo",
        description =
                "Start two PostgreSQL servers with the database of a small shop, and show how its tables are replicated.",
        customSynopsis = "londiste demo [--once]",
        footer = {"  londiste demo", "  londiste demo --once"})
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--once",
            description =
                    "Exit once all tables are in sync and both sides have been compared row by row, instead of at Ctrl-C.")
    private boolean once;

    @Override
    public Integer call() {
        var root = Root.of(spec);
        root.requireNoDaemonOptions(spec);
        return Demo.run(once, root.out);
    }
}
