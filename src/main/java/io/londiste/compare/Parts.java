package io.londiste.compare;

import io.londiste.table.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How one side of a table is read by several connections, and how it is known how far they are: as stretches of its pages.
 * The other side's are others.
 */
final class Parts {
    /** 16 MB: a fraction of a second. */
    private static final long PAGES = 2048;

    private static final int MOST = 256;

    /**
     * Pages altogether and of the largest of the tables with its rows; whether stretches of pages can be read by themselves
     * (PostgreSQL 13 would read the whole table for each, and what is no ordinary table may do anything).
     */
    private static final String SIZE = """
            select coalesce(sum(pages), 0)::bigint, coalesce(max(pages), 0)::bigint,
              current_setting('server_version_num')::int >= 140000 and coalesce(bool_and(ordinary), false)
            from (
              select pg_relation_size(c.oid) / current_setting('block_size')::int as pages,
                c.relkind = 'r' and a.amname = 'heap' as ordinary
              from pg_catalog.pg_class c left join pg_catalog.pg_am a on a.oid = c.relam
              where c.relkind <> 'p' and c.oid in %s) as member
            """.formatted(Tree.members("?::regclass"));

    private Parts() {}

    /** SQL conditions of which each row meets one, as long as nobody rewrites the table. */
    static List<String> of(Connection connection, TableName table) throws SQLException {
        return of(connection, table, PAGES);
    }

    /** @param least pages that a part should have */
    static List<String> of(Connection connection, TableName table, long least) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SIZE)) {
            statement.setString(1, table.quoted());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                int parts = row.getBoolean(3) ? (int) Math.min(MOST, row.getLong(1) / least) : 1;
                return stretches(parts, row.getLong(2));
            }
        }
    }

    private static List<String> stretches(int parts, long pages) {
        if (parts <= 1) {
            return List.of("true");
        }
        long step = (pages + parts - 1) / parts;
        return IntStream.range(0, parts)
                .mapToObj(part -> "ctid >= '(" + part * step + ",0)'"
                        + (part == parts - 1 ? "" : " and ctid < '(" + (part + 1) * step + ",0)'"))
                .toList();
    }
}
