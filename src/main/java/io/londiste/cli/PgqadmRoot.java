package io.londiste.cli;

import java.io.PrintStream;
import picocli.CommandLine.Command;

/** {@code pgqadm}. */
@Command(
        name = "pgqadm",
        description = "Looks after the queues of a database: ticks and maintenance.",
        customSynopsis = {"pgqadm [options] ticker.ini ticker", "       pgqadm (-r | -s | -k) ticker.ini"},
        subcommands = TickerCommand.class,
        footer = {"  pgqadm -d ticker.ini ticker", "  pgqadm -s ticker.ini"})
final class PgqadmRoot extends Root {
    PgqadmRoot(PrintStream out, PrintStream err) {
        super(Program.PGQADM, out, err);
    }
}
