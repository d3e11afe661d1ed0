package io.londiste.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postgresql.core.Parser;

/**
 * Runs single statements on a connection of the caller, in its current transaction. A statement that is given without
 * parameters reaches the server as it is, with all its question marks.
 */
public final class Jdbc {
    private Jdbc() {}

    /**
     * SQL as a part of a statement with parameters, or as a statement of JDBC: the driver takes each question mark outside of
     * literals, quoted names and comments for a parameter, and two of them for one that is none. To be used once, and not for
     * what reaches the server in other ways: as a parameter, or by COPY.
     */
    public static String escaped(String sql) {
        if (sql.indexOf('?') < 0) {
            return sql;
        }
        var escaped = new StringBuilder(sql.length() + 16);
        char[] text = sql.toCharArray();
        for (int i = 0; i < text.length; ) {
            int end = Math.min(endOfToken(text, i) + 1, text.length);
            escaped.append(text[i] == '?' ? "??" : sql.substring(i, end));
            i = end;
        }
        return escaped.toString();
    }

    /** The last character of a literal, quoted name or comment, by the driver's own rules; of anything else, the first. */
    private static int endOfToken(char[] text, int start) {
        return switch (text[start]) {
            case '\'' -> Parser.parseSingleQuotes(text, start, true); // as Pools sets standard_conforming_strings
            case '"' -> Parser.parseDoubleQuotes(text, start);
            case '$' -> Parser.parseDollarQuotes(text, start);
            case '-' -> Parser.parseLineComment(text, start);
            case '/' -> Parser.parseBlockComment(text, start);
            default -> start;
        };
    }

    /** Converts the current row of a result set. */
    @FunctionalInterface
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** The converted rows of a query, in order. */
    public static <T> List<T> list(Connection connection, String query, RowReader<T> reader, Object... parameters)
            throws SQLException {
        try (var statement = prepare(connection, query, parameters);
                var row = statement.executeQuery()) {
            var found = new ArrayList<T>();
            addAll(row, reader, found);
            return found;
        }
    }

    private static <T> void addAll(ResultSet row, RowReader<T> reader, List<T> found) throws SQLException {
        while (row.next()) {
            found.add(reader.read(row));
        }
    }

    /** The converted first row of a query; empty if there is no row, or the reader returns null. */
    public static <T> Optional<T> first(Connection connection, String query, RowReader<T> reader, Object... parameters)
            throws SQLException {
        try (var statement = prepare(connection, query, parameters);
                var row = statement.executeQuery()) {
            return row.next() ? Optional.ofNullable(reader.read(row)) : Optional.empty();
        }
    }

    /**
     * The converted row of a query that always returns one.
     *
     * @throws SQLException also if it returns no row
     */
    public static <T> T only(Connection connection, String query, RowReader<T> reader, Object... parameters)
            throws SQLException {
        try (var statement = prepare(connection, query, parameters);
                var row = statement.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("no row from: " + query);
            }
            return reader.read(row);
        }
    }

    /** The converted rows of the queries among several statements, which are sent together: one round trip. */
    public static <T> List<T> listAmong(
            Connection connection, String statements, RowReader<T> reader, Object... parameters) throws SQLException {
        try (var statement = prepare(connection, statements, parameters)) {
            var found = new ArrayList<T>();
            boolean isRows = statement.execute();
            while (isRows || statement.getUpdateCount() >= 0) {
                if (isRows) {
                    addAll(statement.getResultSet(), reader, found);
                }
                isRows = statement.getMoreResults();
            }
            return found;
        }
    }

    /** Runs a statement and ignores its result. Without parameters it may be several statements. */
    public static void execute(Connection connection, String sql, Object... parameters) throws SQLException {
        if (parameters.length == 0) {
            try (var statement = connection.createStatement()) {
                statement.execute(escaped(sql));
            }
            return;
        }
        try (var statement = prepare(connection, sql, parameters)) {
            statement.execute();
        }
    }

    /** Runs an INSERT, UPDATE or DELETE; returns the number of rows. */
    public static int update(Connection connection, String sql, Object... parameters) throws SQLException {
        try (var statement = prepare(connection, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... parameters)
            throws SQLException {
        var statement = connection.prepareStatement(parameters.length == 0 ? escaped(sql) : sql);
        try {
            bind(connection, statement, parameters);
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    /** Sets the parameters of a statement. A {@code String[]} becomes an array of type text. */
    public static void bind(Connection connection, PreparedStatement statement, Object... parameters)
            throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(
                    i + 1,
                    parameters[i] instanceof String[] texts ? connection.createArrayOf("text", texts) : parameters[i]);
        }
    }
}
