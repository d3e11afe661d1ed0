package io.londiste.error;

import org.postgresql.util.PSQLException;

/** What lies at the bottom of an error. */
public final class Causes {
    private Causes() {}

    /**
     * The message of the innermost cause that has one, in one line: frameworks wrap what really happened. Of what a server
     * says, its message and detail, without where in its functions that was.
     */
    public static String root(Throwable error) {
        String message = error.toString();
        for (Throwable e = error; e != null; e = e.getCause()) {
            message = e.getMessage() == null ? message : said(e);
        }
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** What is to be told of an error: what was written for the operator, or else {@link #root}; in one line. */
    public static String message(Throwable error) {
        return error instanceof LondisteException
                ? error.getMessage().strip().replaceAll("\\s*\\R\\s*", " ")
                : root(error);
    }

    private static String said(Throwable error) {
        var server = error instanceof PSQLException failure ? failure.getServerErrorMessage() : null;
        if (server == null) {
            return error.getMessage();
        }
        return server.getDetail() == null ? server.getMessage() : server.getMessage() + ": " + server.getDetail();
    }
}
