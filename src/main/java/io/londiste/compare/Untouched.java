package io.londiste.compare;

import io.londiste.error.LondisteException;
import io.londiste.table.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Whether the rows that a transaction sees are still where it sees them: not so after TRUNCATE and some ALTER TABLE. */
final class Untouched {
    private static final String UNTOUCHED = """
            select coalesce(bool_and(c.relfilenode = coalesce(pg_relation_filenode(c.oid), 0)), false)
            from pg_catalog.pg_class c
            where c.oid in %s
            """.formatted(Tree.members("?::regclass"));

    private Untouched() {}

    /** To be asked after the table was read, which keeps others from doing such things for the transaction's time. */
    static void require(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(UNTOUCHED)) {
            statement.setString(1, table.quoted());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (!row.getBoolean(1)) {
                    throw new LondisteException("was truncated or rewritten while it was compared; compare it again");
                }
            }
        }
    }
}
