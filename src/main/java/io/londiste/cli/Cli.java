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

/** Parses and executes command lines of both programs. */
public final class Cli {
    private Cli() {}

    /** Executes a command line; returns the exit code. */
    public static int run(Program program, PrintStream out, PrintStream err, String... arguments) {
        var root = root(program, out, err);
        int code = commandLine(root)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((problem, given) -> usageError(problem, err))
                .setExecutionExceptionHandler((problem, command, parsed) -> executionError(root, problem, parsed))
                .execute(arguments);
        return out.checkError() ? incompleteOutput(root, code) : code;
    }

    /** A PrintStream reports write errors only when asked, so this is checked once, at the end. */
    private static int incompleteOutput(Root root, int code) {
        root.err.println(root.spec.name() + ": standard output is closed or full; the output is incomplete");
        return Math.max(code, root.failure);
    }

    public static Root root(Program program, PrintStream out, PrintStream err) {
        return program == Program.LONDISTE ? new LondisteRoot(out, err) : new PgqadmRoot(out, err);
    }

    /** All commands of a program, with their help. */
    public static CommandLine commandLine(Root root) {
        var commandLine = new CommandLine(root);
        applyStyle(commandLine);
        return commandLine;
    }

    /** Sets the headings of the help of a command and its subcommands, and a synopsis where the command declares none. */
    private static void applyStyle(CommandLine commandLine) {
        var usage = commandLine.getCommandSpec().usageMessage();
        usage.parameterListHeading("%n")
                .optionListHeading("%nOptions:%n")
                .commandListHeading("%nCommands:%n")
                .footerHeading("%nExamples:%n");
        if (usage.customSynopsis().length == 0) {
            usage.customSynopsis(new Synopsis(commandLine.getCommandSpec()).lines());
        }
        commandLine.getSubcommands().values().forEach(Cli::applyStyle);
    }

    private static int usageError(ParameterException problem, PrintStream err) {
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
            return unmatched.isUnknownOption() ? "no such option: " + first : "unexpected argument: " + first;
        }
        if (problem instanceof MissingParameterException missing
                && missing.getMissing().stream().findFirst().orElse(null) instanceof PositionalParamSpec argument) {
            return "no " + argument.paramLabel().toLowerCase(Locale.ROOT) + " given";
        }
        return Objects.requireNonNullElse(problem.getMessage(), "invalid command line")
                .lines()
                .findFirst()
                .orElse("");
    }

    private static int executionError(Root root, Exception problem, ParseResult parsed) throws Exception {
        if (problem instanceof ParameterException wrong) {
            throw wrong;
        }
        boolean expected = problem instanceof LondisteException;
        var message = Objects.requireNonNullElse(
                problem.getMessage(), problem.getClass().getSimpleName());
        root.err.println(root.spec.name() + ": "
                + (expected
                        ? ""
                        : "internal error (" + problem.getClass().getSimpleName() + "; -v shows the stack trace): ")
                + message.strip().replaceAll("\\s*\\R\\s*", " "));
        if (root.verbose) {
            problem.printStackTrace(root.err);
        }
        return root.failure;
    }
}
