package io.londiste.cli;

import io.londiste.daemon.ExitCode;
import io.londiste.error.LondisteException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs a command line to its end. */
public final class Cli {
    private Cli() {}

    /** Returns the exit code. */
    public static int run(Program program, PrintStream out, PrintStream err, String... arguments) {
        var root = root(program, out, err);
        int code = commandLine(root)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((problem, given) -> misunderstood(problem, err))
                .setExecutionExceptionHandler((problem, command, parsed) -> failed(root, problem, parsed))
                .execute(arguments);
        return out.checkError() ? unprinted(root, code) : code;
    }

    /** What a stream was not able to take is known only when all is done. */
    private static int unprinted(Root root, int code) {
        root.err.println(root.spec.name() + ": standard output is closed or full; not all was printed");
        return Math.max(code, root.failure);
    }

    public static Root root(Program program, PrintStream out, PrintStream err) {
        return program == Program.LONDISTE ? new LondisteRoot(out, err) : new PgqadmRoot(out, err);
    }

    /** All commands of a program, with their help. */
    public static CommandLine commandLine(Root root) {
        var commandLine = new CommandLine(root);
        likeRoot(commandLine);
        return commandLine;
    }

    /** Gives the help of all commands the headings of the program's own, and those without one a synopsis. */
    private static void likeRoot(CommandLine commandLine) {
        var usage = commandLine.getCommandSpec().usageMessage();
        usage.parameterListHeading("%n")
                .optionListHeading("%nOptions:%n")
                .commandListHeading("%nCommands:%n")
                .footerHeading("%nExamples:%n");
        if (usage.customSynopsis().length == 0) {
            usage.customSynopsis(new Synopsis(commandLine.getCommandSpec()).lines());
        }
        commandLine.getSubcommands().values().forEach(Cli::likeRoot);
    }

    private static int misunderstood(ParameterException problem, PrintStream err) {
        var command = problem.getCommandLine().getCommandSpec();
        err.println(command.root().name() + ": " + message(problem));
        if (!UnmatchedArgumentException.printSuggestions(problem, err)) {
            err.println("Try: " + command.qualifiedName() + " --help");
        }
        return ExitCode.USAGE;
    }

    private static String message(ParameterException problem) {
        if (problem instanceof UnmatchedArgumentException unmatched) {
            var first = unmatched.getUnmatched().get(0);
            return unmatched.isUnknownOption() ? "no such option: " + first : "not understood: " + first;
        }
        if (problem instanceof MissingParameterException missing
                && missing.getMissing().stream().findFirst().orElse(null) instanceof PositionalParamSpec argument) {
            return "no " + argument.paramLabel().toLowerCase(Locale.ROOT) + " given";
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
        return root.failure;
    }
}
