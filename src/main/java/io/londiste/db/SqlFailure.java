package io.londiste.db;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.stream.Stream;
import org.postgresql.util.PSQLException;

/** What SQLSTATEs mean to an operator. The one place where they are told apart for messages. */
final class SqlFailure {
    private SqlFailure() {}

    static String describe(SQLException thrown, Dsn dsn, Database.Setting setting) {
        var failure = told(thrown);
        var state = Objects.requireNonNullElse(failure.getSQLState(), "");
        var said = said(failure);
        var check = "; check " + setting.key() + " in " + setting.file();
        return switch (state) {
            case "08000", "08001", "08003", "08004", "08006" -> unreachable(failure, dsn, said) + check;
            case "28P01" -> "wrong password for user " + dsn.user() + check + ", PGPASSWORD and ~/.pgpass";
            case "28000" -> "may not log in as user " + dsn.user() + ": " + said + check;
            case "3D000" -> "no such database" + check;
            case "42501" -> "user " + dsn.user() + " lacks the right: " + said;
            case "25006" -> "is read-only; is it a standby? (" + said + ")";
            case "53300" -> "has no connection left: " + said;
            case "57P01", "57P02", "57P03" -> "starts or stops just now; try again (" + said + ")";
            case "55P03", "57014" ->
                "someone else held a lock for longer than lock_timeout ("
                        + setting.lockTimeout().toMillis() / 1000.0 + " s); try again (" + said + ")";
            case "40P01", "40001" -> "got in the way of another transaction; try again (" + said + ")";
            default -> said;
        };
    }

    /** The server's or driver's own exception: pools wrap it. */
    private static SQLException told(SQLException thrown) {
        return Stream.iterate((Throwable) thrown, Objects::nonNull, Throwable::getCause)
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .filter(failure -> failure.getSQLState() != null)
                .findFirst()
                .orElse(thrown);
    }

    private static String unreachable(SQLException failure, Dsn dsn, String said) {
        var cause = Stream.iterate((Throwable) failure, Objects::nonNull, Throwable::getCause)
                .filter(e -> e instanceof java.io.IOException)
                .findFirst()
                .orElse(null);
        if (cause instanceof UnknownHostException) {
            return "no such host";
        }
        if (cause instanceof ConnectException) {
            return "no server answers there";
        }
        if (cause instanceof SocketTimeoutException) {
            return "the server does not answer in time";
        }
        if (failure.getCause() == null && "08004".equals(failure.getSQLState())) {
            // so says the driver of both; the word is the same in all its languages
            return (said.contains("SSL") ? "no encrypted connection" : "no password for user " + dsn.user()) + " ("
                    + said + ")";
        }
        return "the connection failed: " + (cause == null || cause.getMessage() == null ? said : cause.getMessage());
    }

    /** The message of the server or the driver, in one line. */
    static String said(SQLException failure) {
        var server = failure instanceof PSQLException e ? e.getServerErrorMessage() : null;
        var message = server != null ? server.getMessage() : failure.getMessage();
        if (server != null && server.getHint() != null) {
            message += "; " + server.getHint();
        }
        return Objects.requireNonNullElse(message, failure.toString()).strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
