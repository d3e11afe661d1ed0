package io.londiste.error;

import java.util.Optional;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;

/** Finds the message to show for an exception. */
public final class Causes {
    /** The context of a value that COPY could not read; its first line names the column, which the message does not. */
    private static final Pattern COPIED = Pattern.compile("^COPY .+, line \\d+, column ([^:\\n]+)");

    private Causes() {}

    /**
     * The message of the innermost cause that has one, in one line, because frameworks wrap exceptions. For an error of the
     * server it is the message and the detail, without the context but for the column that COPY could not read. It does not
     * end with a period, since other text may follow.
     */
    public static String root(Throwable error) {
        String message = error.toString();
        for (Throwable e = error; e != null; e = e.getCause()) {
            message = e.getMessage() == null ? message : withoutContext(e);
        }
        return message.strip().replaceAll("\\s*\\R\\s*", " ").replaceFirst("(?<!\\.)\\.$", "");
    }

    /** The message to show to the operator: that of a {@link LondisteException}, or else {@link #root}; in one line. */
    public static String message(Throwable error) {
        return error instanceof LondisteException
                ? error.getMessage().strip().replaceAll("\\s*\\R\\s*", " ")
                : root(error);
    }

    /** The outermost {@link LondisteException} among the causes, because frameworks wrap exceptions; empty if there is none. */
    public static Optional<LondisteException> forOperator(Throwable error) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            if (e instanceof LondisteException known) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }

    private static String withoutContext(Throwable error) {
        var server = error instanceof PSQLException failure ? failure.getServerErrorMessage() : null;
        if (server == null) {
            return error.getMessage();
        }
        var copied = server.getWhere() == null ? null : COPIED.matcher(server.getWhere());
        return server.getMessage()
                + (server.getDetail() == null ? "" : ": " + server.getDetail())
                + (copied != null && copied.find() ? " (column " + copied.group(1) + ")" : "");
    }
}
