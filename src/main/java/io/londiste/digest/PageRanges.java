package io.londiste.digest;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.sync.TableTree;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The parts in which one side's table is scanned by several connections: ranges of its pages. The other side has its
 * own parts. The number of finished parts is also the measure of progress.
 */
final class PageRanges {
    /** 16 MB: a fraction of a second. */
    private static final long PAGES = 2048;

    private static final int MOST = 256;

    /**
     * Pages altogether and of the largest of the tables with its rows; whether page ranges can be read by themselves
     * (PostgreSQL 13 would read the whole table for each, and other kinds of tables may do anything).
     */
    private static final String SIZE = """
            select coalesce(sum(pages), 0)::bigint, coalesce(max(pages), 0)::bigint,
              current_setting('server_version_num')::int >= 140000 and coalesce(bool_and(ordinary), false)
            from (
              select pg_relation_size(c.oid) / current_setting('block_size')::int as pages,
                c.relkind = 'r' and a.amname = 'heap' as ordinary
              from pg_catalog.pg_class c left join pg_catalog.pg_am a on a.oid = c.relam
              where c.relkind <> 'p' and c.oid in %s) as member
            """.formatted(TableTree.members("?::regclass"));

    private PageRanges() {}

    /** SQL conditions of which each row meets exactly one, as long as the table is not rewritten. */
    static List<String> of(Connection connection, TableName table) throws SQLException {
        return of(connection, table, PAGES);
    }

    /** @param least pages that a part should have */
    static List<String> of(Connection connection, TableName table, long least) throws SQLException {
        return Jdbc.only(
                connection,
                SIZE,
                row -> {
                    int parts = row.getBoolean(3) ? (int) Math.min(MOST, row.getLong(1) / least) : 1;
                    return conditions(parts, row.getLong(2));
                },
                table.quoted());
    }

    private static List<String> conditions(int parts, long pages) {
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
