package io.londiste.replay;

import io.londiste.db.Jdbc;
import io.londiste.table.TableShape;
import java.sql.Connection;
import java.sql.SQLException;

/** A statement of the replay succeeded, but the subscriber did not do to the row what it asked for. */
final class SkippedException extends TableException {
    private static final String CAUSES = """
            select pg_catalog.string_agg(cause, ', ') from (
              select distinct 'trigger ' || g.tgname
                from londiste.tree(londiste.get_table(?)) as part join pg_catalog.pg_trigger g on g.tgrelid = part.member
               where not g.tgisinternal and g.tgtype & 3 = 3 and g.tgenabled <> 'D'
              union
              select 'rule ' || r.rulename from pg_catalog.pg_rewrite r
               where r.ev_class = londiste.get_table(?) and r.is_instead and r.ev_enabled <> 'D') as c (cause)
            """;

    private SkippedException(TableShape shape, String reason) {
        super(shape.name(), reason, null);
    }

    /** @param operation insert, update or delete */
    static SkippedException of(String operation, TableShape shape, Connection transaction) throws SQLException {
        String table = shape.name().toString();
        String causes = Jdbc.first(transaction, CAUSES, row -> row.getString(1), table, table)
                .orElse("a rule or a trigger");
        return new SkippedException(
                shape,
                "the subscriber has skipped the " + operation + " of a row, because of " + causes
                        + "; disable or drop that");
    }
}
