package io.londiste.sync;

import io.londiste.db.OneExpression;
import io.londiste.error.LondisteException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A condition for rows that a client of compare or repair gives as SQL.
 *
 * @param sql the condition as it was given; null: all rows
 */
public record WhereCondition(String sql) {
    /** The condition in a form that can be combined with others after WHERE. */
    public String text() {
        return sql == null ? "true" : "(" + sql + "\n)";
    }

    /**
     * Has the server check that this is one boolean expression over a table's rows. Nothing is executed.
     *
     * @param transaction a read-only one
     * @param target what to select from
     * @throws LondisteException if it is not exactly one boolean expression
     * @throws SQLException if the server does not understand it
     */
    public void requireExpression(Connection transaction, String target) throws SQLException {
        if (sql != null) {
            OneExpression.require(
                    transaction,
                    "select from " + target + " where ",
                    sql,
                    " limit 0",
                    "the condition (--where) is not exactly one boolean expression");
        }
    }
}
