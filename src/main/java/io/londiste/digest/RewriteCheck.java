package io.londiste.digest;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.error.LondisteException;
import io.londiste.sync.TableTree;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Checks that a table's rows are still in the files where a transaction's snapshot expects them: TRUNCATE and some forms of
 * ALTER TABLE leave a snapshot without them.
 */
final class RewriteCheck {
    private static final String UNCHANGED = """
            select coalesce(bool_and(c.relfilenode = coalesce(pg_relation_filenode(c.oid), 0)), false)
            from pg_catalog.pg_class c
            where c.oid in %s
            """.formatted(TableTree.members("?::regclass"));

    private RewriteCheck() {}

    /**
     * To be called after the table was read: from then on the transaction's lock keeps others from rewriting it.
     *
     * @throws LondisteException if the table was rewritten before
     */
    static void requireNotRewritten(Connection connection, TableName table) throws SQLException {
        if (!Jdbc.only(connection, UNCHANGED, row -> row.getBoolean(1), table.quoted())) {
            throw new LondisteException("was truncated or rewritten while it was compared; compare it again");
        }
    }
}
