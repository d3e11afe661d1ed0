package io.londiste.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs single statements on a connection of the caller, in its current transaction. */
public final class Jdbc {
    /** A literal or a quoted name; or a question mark outside of these. */
    private static final Pattern QUESTION_MARK = Pattern.compile("'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\\?");

    private Jdbc() {}

    /** SQL without parameters for use in a statement with parameters: operators such as {@code ?} are marked as no parameters. */
    public static String escaped(String sql) {
        return QUESTION_MARK
                .matcher(sql)
                .replaceAll(found -> found.group().equals("?") ? "??" : Matcher.quoteReplacement(found.group()));
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
                statement.execute(sql);
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
        var statement = connection.prepareStatement(sql);
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
