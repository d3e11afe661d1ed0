package io.londiste.cli;

import io.londiste.daemon.Signal;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The switches of replay and ticker. */
final class DaemonOptions {
    @Option(
            names = {"-d", "--daemon"},
            description = "Run in the background; needs pidfile in the INI file.")
    boolean background;

    @Option(
            names = {"-r", "--reload"},
            description = "Make the running daemon read the INI file and the routes again (SIGHUP).")
    boolean reload;

    @Option(
            names = {"-s", "--stop"},
            description = "Stop the running daemon after its current batch (SIGINT).")
    boolean stop;

    @Option(
            names = {"-k", "--kill"},
            description =
                    "Stop the running daemon at once (SIGTERM): what does not end within 5 seconds is rolled back,"
                            + " and done again after the next start.")
    boolean kill;

    @Option(
            names = "--routes",
            paramLabel = "DIR",
            description = "Directory of route files that replace built-in ones or are added to them.")
    Path routes;

    /** Whether a signal is to be sent to a running daemon. */
    boolean signals() {
        return reload || stop || kill;
    }

    /** The signal to send. */
    Signal signal() {
        return kill ? Signal.TERM : stop ? Signal.INT : Signal.HUP;
    }

    /** The number of given switches that exclude each other. */
    int actions() {
        return (background ? 1 : 0) + (reload ? 1 : 0) + (stop ? 1 : 0) + (kill ? 1 : 0);
    }

    /** These options combined with those given at another place of the command line. */
    DaemonOptions with(DaemonOptions other) {
        var both = new DaemonOptions();
        both.background = background || other.background;
        both.reload = reload || other.reload;
        both.stop = stop || other.stop;
        both.kill = kill || other.kill;
        both.routes = other.routes != null ? other.routes : routes;
        return both;
    }
}
