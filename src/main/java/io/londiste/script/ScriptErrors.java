package io.londiste.script;

import io.londiste.db.Database;
import io.londiste.db.SqlState;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;

/** Says what is wrong with a script. */
public final class ScriptErrors {
    private static final Pattern ENDS_TRANSACTION =
            Pattern.compile("(?im)(^|;)\\s*(begin|start\\s+transaction|commit|end|rollback|abort)\\b[^;]*(;|\\z)");

    private ScriptErrors() {}

    /** The server's message, with the line of the script if it is known, and what to do. */
    public static String describe(SQLException error, String sql) {
        var message = line(error, sql) + Database.serverMessage(error);
        if (SqlState.isNotInTransaction(error)) {
            return message + " (a script is one transaction: execute this statement by hand on each side)";
        }
        if (SqlState.isFeatureNotSupported(error)
                && ENDS_TRANSACTION.matcher(sql).find()) {
            return message + " (a script is one transaction: leave out BEGIN, COMMIT and ROLLBACK)";
        }
        return message;
    }

    private static String line(SQLException error, String sql) {
        var server = error instanceof PSQLException e ? e.getServerErrorMessage() : null;
        if (server == null || server.getInternalPosition() < 1 || !sql.equals(server.getInternalQuery())) {
            return "";
        }
        int characters = sql.offsetByCodePoints(0, server.getInternalPosition() - 1);
        return "line "
                + (1
                        + sql.substring(0, characters)
                                .chars()
                                .filter(c -> c == '\n')
                                .count()) + ": ";
    }
}
