package io.londiste.copy;

import io.londiste.db.Jdbc;
import io.londiste.table.TableShape;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * How large a table of the provider is, without counting; if its rows may be in other tables, the total of all of
 * these.
 *
 * @param rows estimated as the planner does; null if the table was never analyzed
 * @param bytes the disk space of its rows
 */
record SourceSize(Long rows, long bytes) {
    private static final String SIZE = """
            select case when bool_and(reltuples >= 0 and (relpages > 0 or bytes = 0)) then
                     sum(case when relpages > 0 then reltuples * (bytes / block) / relpages else 0 end)::bigint end,
                   coalesce(sum(bytes), 0)
              from londiste.tree(?::regclass) as t
              join pg_catalog.pg_class as c on c.oid = t.member
             cross join lateral (select pg_catalog.pg_relation_size(c.oid) as bytes,
                                        pg_catalog.current_setting('block_size')::numeric as block) as now
             where t.leaf
            """;

    static SourceSize of(Connection source, TableShape table) throws SQLException {
        return Jdbc.only(
                source,
                SIZE,
                row -> new SourceSize(row.getObject(1, Long.class), row.getLong(2)),
                table.name().quoted());
    }
}
