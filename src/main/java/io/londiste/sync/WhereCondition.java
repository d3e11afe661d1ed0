package io.londiste.sync;

import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.error.LondisteException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A condition for rows that a client of compare or repair gives as SQL.
 *
 * @param sql the condition as it was given; null: all rows
 */
public record WhereCondition(String sql) {
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

    /** The condition in a form that can be combined with others after WHERE. */
    public String text() {
        return sql == null ? "true" : "(" + sql + "\n)";
    }

    /**
     * Has the server check that this is one boolean expression over a table's rows. Text within parentheses could close
     * them and continue with other SQL; therefore the text is also checked without parentheses. Nothing is executed.
     *
     * @param transaction a read-only one
     * @param target what to select from
     * @throws LondisteException if it is not exactly one boolean expression
     * @throws SQLException if the server does not understand it
     */
    public void requireExpression(Connection transaction, String target) throws SQLException {
        if (sql != null) {
            check(transaction, "select from " + target + " where " + text() + " limit 0");
            try {
                check(transaction, "select from " + target + " where " + sql + "\n limit 0");
            } catch (SQLException e) {
                throw notOne(e);
            }
        }
    }

    private static void check(Connection transaction, String query) throws SQLException {
        Jdbc.execute(transaction, "select set_config('londiste.query', ?, true)", query);
        try {
            Jdbc.execute(transaction, CHECK);
        } catch (SQLException e) {
            if ("42P11".equals(e.getSQLState())) { // invalid_cursor_definition: several statements, or no query
                throw notOne(e);
            }
            throw e;
        }
    }

    private static LondisteException notOne(SQLException e) {
        return new LondisteException(
                "the condition (--where) is not exactly one boolean expression: " + Database.serverMessage(e), e);
    }
}
