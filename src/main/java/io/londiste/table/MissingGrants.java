package io.londiste.table;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds rights on tables and sequences that the session's role lacks, with the statements that grant them. */
public final class MissingGrants {
    private static final String MISSING = """
            with relation as materialized (
              select distinct case when ? then wanted.nr end as nr, c.oid, n.oid as schema, n.nspname,
                pg_catalog.format('%I.%I', n.nspname, c.relname) as name,
                case c.relkind when 'S' then 'SEQUENCE ' else '' end as kind
              from unnest(?::text[], ?::text[]) with ordinality as wanted (schema_name, name, nr)
                join pg_catalog.pg_namespace w on w.nspname = wanted.schema_name
                join pg_catalog.pg_class r on r.relnamespace = w.oid and r.relname = wanted.name
                join lateral londiste.tree(r.oid) as t on ? or t.member = r.oid
                join pg_catalog.pg_class c on c.oid = t.member
                join pg_catalog.pg_namespace n on n.oid = c.relnamespace),
            missing (nr, kind, rights, name) as (
              select distinct nr, 'SCHEMA ', 'USAGE', pg_catalog.quote_ident(nspname) from relation
               where not pg_catalog.has_schema_privilege(schema, 'USAGE')
              union all
              select nr, kind,
                (select pg_catalog.string_agg(needed.name, ', ' order by needed.nr)
                   from unnest(?::text[]) with ordinality as needed (name, nr)
                  where case kind when '' then not pg_catalog.has_table_privilege(oid, needed.name)
                                  else not pg_catalog.has_sequence_privilege(oid, needed.name) end),
                name
              from relation)
            select nr, pg_catalog.format('role %1$s lacks %2$s on %3$s (GRANT %2$s ON %4$s%3$s TO %5$s)',
              current_user, rights, pg_catalog.string_agg(name, ', ' order by name), kind, pg_catalog.quote_ident(current_user))
            from missing
            where rights is not null
            group by nr, kind, rights
            order by nr, kind <> 'SCHEMA ', kind, rights
            """;

    /** @param nr the place of the table among those that were asked for, from 1; 0: of all together */
    private record Missing(int nr, String text) {}

    private MissingGrants() {}

    /**
     * What the role lacks, in a sentence for each set of rights, with the GRANT; empty if it lacks nothing. USAGE on the schemas
     * is always needed.
     *
     * @param names tables or sequences; those that do not exist are ignored
     * @param rights what is needed on each of them
     */
    public static List<String> on(Connection connection, List<TableName> names, String... rights) throws SQLException {
        return find(connection, names, false, rights);
    }

    /** The same for tables and those below them: partitions and tables that inherit. */
    public static List<String> onTrees(Connection connection, List<TableName> names, String... rights)
            throws SQLException {
        return find(connection, names, true, rights);
    }

    /**
     * As {@link #onTrees}, for each table by itself.
     *
     * @return what the role lacks, by table, without the tables on which it lacks nothing
     */
    public static Map<TableName, String> onEachTree(Connection connection, List<TableName> names, String... rights)
            throws SQLException {
        return find(connection, names, true, true, rights).stream()
                .collect(Collectors.toMap(
                        missing -> names.get(missing.nr - 1), Missing::text, (one, other) -> one + "; " + other));
    }

    private static List<String> find(Connection connection, List<TableName> names, boolean trees, String... rights)
            throws SQLException {
        return find(connection, names, false, trees, rights).stream()
                .map(Missing::text)
                .toList();
    }

    private static List<Missing> find(
            Connection connection, List<TableName> names, boolean each, boolean trees, String... rights)
            throws SQLException {
        return Jdbc.list(
                connection,
                MISSING,
                row -> new Missing(row.getInt(1), row.getString(2)),
                each,
                names.stream().map(TableName::schema).toArray(String[]::new),
                names.stream().map(TableName::name).toArray(String[]::new),
                trees,
                rights);
    }
}
