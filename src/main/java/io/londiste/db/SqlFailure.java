package io.londiste.db;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.stream.Stream;
import org.postgresql.util.PSQLException;

/** Describes SQL errors to operators. Messages are chosen by SQLSTATE, and only here. */
final class SqlFailure {
    private SqlFailure() {}

    static String describe(SQLException thrown, Dsn dsn, Database.Setting setting) {
        var failure = original(thrown);
        var state = Objects.requireNonNullElse(failure.getSQLState(), "");
        var message = serverMessage(failure);
        var check = "; check " + setting.where();
        return switch (state) {
            case "08000", "08001", "08003", "08004", "08006" -> unreachable(failure, dsn, message) + check;
            case "28P01" -> "wrong password for user " + dsn.user() + check + ", PGPASSWORD and ~/.pgpass";
            case "28000" -> "user " + dsn.user() + " may not log in: " + message + check;
            case "3D000" -> "no such database" + check;
            case SqlState.INSUFFICIENT_PRIVILEGE ->
                "user " + dsn.user() + " lacks a privilege: " + message + "; "
                        + (setting.role().equals("database") ? "pgqadm " : "londiste ") + setting.file()
                        + " check shows what is missing";
            case "25006" -> "the server is read-only; is it a standby? (" + message + ")";
            case "53300" -> "the server has no free connection: " + message;
            case "57P01", "57P02", "57P03" -> "the server is starting or stopping; try again (" + message + ")";
            case "55P03", "57014" ->
                "another session held a lock for longer than lock_timeout ("
                        + setting.lockTimeout().toMillis() / 1000.0 + " s); try again (" + message + ")";
            case "40P01", "40001" -> "conflict with another transaction; try again (" + message + ")";
            default -> message;
        };
    }

    /** The exception of the server or driver, which pools wrap. */
    private static SQLException original(SQLException thrown) {
        return Stream.iterate((Throwable) thrown, Objects::nonNull, Throwable::getCause)
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .filter(failure -> failure.getSQLState() != null)
                .findFirst()
                .orElse(thrown);
    }

    private static String unreachable(SQLException failure, Dsn dsn, String message) {
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
            // the driver reports both with this state; "SSL" is in the message in all its languages
            return (message.contains("SSL") ? "no encrypted connection" : "no password for user " + dsn.user()) + " ("
                    + message + ")";
        }
        return "the connection failed: " + (cause == null || cause.getMessage() == null ? message : cause.getMessage());
    }

    /** The message of the server, with its hint, or of the driver, in one line. */
    static String serverMessage(SQLException failure) {
        var server = failure instanceof PSQLException e ? e.getServerErrorMessage() : null;
        var message = server != null ? server.getMessage() : failure.getMessage();
        if (server != null && server.getHint() != null) {
            message += "; " + server.getHint();
        }
        return Objects.requireNonNullElse(message, failure.toString()).strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
