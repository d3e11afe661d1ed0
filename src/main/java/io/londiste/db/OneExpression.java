package io.londiste.db;

import io.londiste.error.LondisteException;
import java.sql.Connection;
import java.sql.SQLException;

/** Checks that a text which a client gives as SQL is one expression, before it becomes a part of any statement. */
public final class OneExpression {
    /** Opens a cursor for a query and reads nothing; the server refuses everything that is not exactly one query. */
    private static final String CHECK = """
            do $$
            declare
              rows_ refcursor;
            begin
              open rows_ for execute current_setting('londiste.query');
              close rows_;
            end
            $$
            """;

    private OneExpression() {}

    /**
     * Has the server check a text between the parts of a query. Text within parentheses could close them and continue with
     * other SQL; therefore it is also checked without parentheses. Nothing is executed.
     *
     * @param before what precedes the expression in the query
     * @param after what follows it; must return no row
     * @param what it has to be, for the message
     * @throws LondisteException if it is not exactly one expression
     * @throws SQLException if the server does not understand it
     */
    public static void require(Connection transaction, String before, String sql, String after, String what)
            throws SQLException {
        check(transaction, before + "(" + sql + "\n)" + after, what);
        try {
            check(transaction, before + sql + "\n" + after, what);
        } catch (SQLException e) {
            throw notOne(what, e);
        }
    }

    private static void check(Connection transaction, String query, String what) throws SQLException {
        Jdbc.execute(transaction, "select set_config('londiste.query', ?, true)", query);
        try {
            Jdbc.execute(transaction, CHECK);
        } catch (SQLException e) {
            if ("42P11".equals(e.getSQLState())) { // invalid_cursor_definition: several statements, or no query
                throw notOne(what, e);
            }
            throw e;
        }
    }

    private static LondisteException notOne(String what, SQLException e) {
        return new LondisteException(what + ": " + Database.serverMessage(e), e);
    }
}
