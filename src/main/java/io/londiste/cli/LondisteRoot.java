package io.londiste.cli;

import java.io.PrintStream;
import picocli.CommandLine.Command;

/** The program {@code londiste}. */
@Command(
        name = "londiste",
        description =
                "Replicates tables from one PostgreSQL database to others, through a queue in the source database.",
        customSynopsis = {
            "londiste [options] config.ini command [arguments]",
            "       londiste (-r | -s | -k) config.ini",
            "       londiste demo [--once]",
            "       londiste --ini"
        },
        subcommands = {
            ProviderCommand.class,
            SubscriberCommand.class,
            ReplayCommand.class,
            StatusCommand.class,
            CheckCommand.class,
            CompareCommand.class,
            RepairCommand.class,
            RoutesCommand.class,
            UserCommand.class,
            DemoCommand.class
        },
        footer = {
            "  londiste conf.ini provider install",
            "  londiste conf.ini subscriber install",
            "  londiste -d conf.ini replay",
            "  londiste conf.ini provider add orders customers",
            "  londiste conf.ini subscriber add orders customers"
        })
final class LondisteRoot extends Root {
    LondisteRoot(PrintStream out, PrintStream err) {
        super(Program.LONDISTE, out, err);
    }
}
