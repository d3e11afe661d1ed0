package io.londiste.table;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/** Foreign keys by which tables that are replicated need rows of tables that no longer are. */
public final class NeededRows {
    private static final String KEYS = """
            with removed (name) as (select unnest(?::text[])),
            keys (fkey, child, parent) as (
              select c.conname::text, londiste.fqname(c.conrelid), londiste.fqname(c.confrelid) from pg_catalog.pg_constraint c
               where c.contype = 'f' and c.conparentid = 0 and c.confrelid in (select londiste.find_table(name) from removed)
               union
              select fkey_name, from_table, to_table from londiste.subscriber_pending_fkeys where to_table in (select name from removed))
            select pg_catalog.format('foreign key %%I of %%s needs rows of %%s, which is not replicated any more: %%s will stop at a row that'
                || ' references a missing one, unless it is removed as well or the foreign key is dropped on the subscriber', fkey, child, parent, child)
              from keys join londiste.%s_table r on r.queue_name = ? and r.table_name = child
             where child not in (select name from removed)
             order by child, fkey
            """;

    private NeededRows() {}

    /**
     * The foreign keys, each with what will happen and what to do.
     *
     * @param side {@code provider} or {@code subscriber}, whose replicated tables and foreign keys are meant
     * @param removed the tables whose replication has ended
     */
    public static List<String> of(Connection connection, String side, String queue, Collection<TableName> removed)
            throws SQLException {
        return Jdbc.list(
                connection,
                KEYS.formatted(side),
                row -> row.getString(1),
                removed.stream().map(TableName::toString).toArray(String[]::new),
                queue);
    }
}
