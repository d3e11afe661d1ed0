package io.londiste.cli;

import io.londiste.LondisteException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs a command line to its end. */
public final class Cli {
    /** The command did what it was asked for. */
    public static final int OK = 0;
    /** It could not, and has said why in one line. */
    public static final int FAILED = 1;
    /** It was not understood. */
    public static final int USAGE = 2;

    private Cli() {}

    /** Returns the exit code. */
    public static int run(Program program, PrintStream out, PrintStream err, String... arguments) {
        var root = program == Program.LONDISTE ? new LondisteRoot(out, err) : new PgqadmRoot(out, err);
        var commandLine = new CommandLine(root);
        likeRoot(commandLine);
        return commandLine
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((problem, given) -> misunderstood(problem, err))
                .setExecutionExceptionHandler((problem, command, parsed) -> failed(root, problem, parsed))
                .execute(arguments);
    }

    /** Gives the help of all commands the headings of the program's own. */
    private static void likeRoot(CommandLine commandLine) {
        var usage = commandLine.getCommandSpec().usageMessage();
        usage.parameterListHeading("%n")
                .optionListHeading("%nOptions:%n")
                .commandListHeading("%nCommands:%n")
                .footerHeading("%nExamples:%n");
        commandLine.getSubcommands().values().forEach(Cli::likeRoot);
    }

    private static int misunderstood(ParameterException problem, PrintStream err) {
        var command = problem.getCommandLine().getCommandSpec();
        err.println(command.root().name() + ": " + message(problem));
        if (!UnmatchedArgumentException.printSuggestions(problem, err)) {
            err.println("Try: " + command.qualifiedName() + " --help");
        }
        return USAGE;
    }

    private static String message(ParameterException problem) {
        if (problem instanceof UnmatchedArgumentException unmatched) {
            var first = unmatched.getUnmatched().get(0);
            return unmatched.isUnknownOption() ? "no such option: " + first : "not understood: " + first;
        }
        return Objects.requireNonNullElse(problem.getMessage(), "not understood")
                .lines()
                .findFirst()
                .orElse("");
    }

    private static int failed(Root root, Exception problem, ParseResult parsed) throws Exception {
        if (problem instanceof ParameterException wrong) {
            throw wrong;
        }
        boolean expected = problem instanceof LondisteException;
        var message = Objects.requireNonNullElse(
                problem.getMessage(), problem.getClass().getSimpleName());
        root.err.println(root.spec.name() + ": "
                + (expected ? "" : "internal error (" + problem.getClass().getSimpleName() + "; -v shows where): ")
                + message.strip().replaceAll("\\s*\\R\\s*", " "));
        if (root.verbose) {
            problem.printStackTrace(root.err);
        }
        return FAILED;
    }
}
