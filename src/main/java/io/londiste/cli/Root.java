package io.londiste.cli;

import io.londiste.config.Sample;
import io.londiste.config.Settings;
import io.londiste.daemon.Daemon;
import io.londiste.daemon.ExitCode;
import io.londiste.daemon.Invocation;
import io.londiste.daemon.Logs;
import io.londiste.daemon.RunningDaemon;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The base of both programs: the INI file and the options that every command accepts. */
@Command(versionProvider = Program.Version.class, sortOptions = false)
abstract class Root implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "config.ini", description = "The INI file of the job.", index = "0")
    Path config;

    @Mixin
    DaemonOptions daemon = new DaemonOptions();

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Print only warnings and errors.")
    boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Print more; errors with their stack trace.")
    boolean verbose;

    @Option(names = "--ini", description = "Print an INI file with every key, its meaning and default, and exit.")
    boolean ini;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show the version and exit.")
    boolean version;

    /** The exit code of a command that fails. */
    int failure = ExitCode.FAILED;

    final Program program;
    final PrintStream out;
    final PrintStream err;

    Root(Program program, PrintStream out, PrintStream err) {
        this.program = program;
        this.out = out;
        this.err = err;
    }

    /** Runs without a command: prints the sample INI file, or signals a daemon. */
    @Override
    public Integer call() {
        if (ini) {
            Sample.of(program.section()).forEach(out::println);
            return ExitCode.OK;
        }
        if (!daemon.signals()) {
            throw usageError(spec, "no command given");
        }
        requireOneAction(spec);
        return RunningDaemon.signal(settings(), daemon.signal());
    }

    /** Runs a daemon, or signals the running one, as the switches require; returns the exit code. */
    int runDaemon(CommandSpec command, DaemonOptions own, Daemon.Kind kind) {
        daemon = daemon.with(own);
        requireOneAction(command);
        if (daemon.signals()) {
            return RunningDaemon.signal(settings(), daemon.signal());
        }
        requireConfig();
        Logs.forCommand(detail(), err);
        return Daemon.run(
                new Invocation(
                        program.written(),
                        spec.commandLine().getParseResult().originalArgs(),
                        config,
                        this::load,
                        detail(),
                        err,
                        daemon.background),
                kind);
    }

    private void requireOneAction(CommandSpec command) {
        if (daemon.actions() > 1) {
            throw usageError(command, "only one of -d, -r, -s and -k may be given");
        }
    }

    Logs.Detail detail() {
        return quiet ? Logs.Detail.QUIET : verbose ? Logs.Detail.VERBOSE : Logs.Detail.NORMAL;
    }

    /** Sets up logging for a command other than a daemon and loads the settings of the INI file. */
    Settings settings() {
        Logs.forCommand(detail(), err);
        return load();
    }

    void requireConfig() {
        if (config == null) {
            throw usageError(spec, "no config.ini given");
        }
    }

    Settings load() {
        requireConfig();
        var settings = Settings.load(config, program.section());
        return daemon.routes == null ? settings : settings.withRoutesDir(daemon.routes);
    }

    /** Fails with a usage error if a switch for daemons is given. */
    void requireNoDaemonOptions(CommandSpec command) {
        if (daemon.background || daemon.signals()) {
            throw usageError(
                    command, "-d, -r, -s and -k are for " + (program == Program.LONDISTE ? "replay" : "ticker"));
        }
    }

    /** A usage error; the program exits with {@link ExitCode#USAGE}. */
    static ParameterException usageError(CommandSpec command, String problem) {
        return new ParameterException(command.commandLine(), problem);
    }

    /** The root of the program that a command belongs to. */
    static Root of(CommandSpec command) {
        return (Root) command.root().userObject();
    }
}
