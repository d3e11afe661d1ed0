package io.londiste.subscriber;

import io.londiste.change.TableName;
import io.londiste.db.Database;
import io.londiste.subscriber.Difference.Severity;
import io.londiste.table.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds what makes PostgreSQL do something else than the replay's statements ask for: rules, row security, triggers and
 * foreign tables. What it finds on the provider makes copy and compare see only a part of the rows.
 */
final class WriteEffects {
    /** Whether a rule or trigger with that value of ev_enabled or tgenabled fires in sessions of this role. */
    private static final String FIRES =
            "::text in ('A', case pg_catalog.current_setting('session_replication_role') when 'replica' then 'R' else 'O' end)";

    private static final String ROW_SECURITY = """
            select t.name, current_user
            from unnest(?::text[]) with ordinality as t (name, nr)
            where pg_catalog.row_security_active(londiste.find_table(t.name))
            order by t.nr
            """;

    private static final String ON_SUBSCRIBER = """
            select t.name, e.severity, e.problem
            from unnest(?::text[]) with ordinality as t (name, nr)
              join pg_catalog.pg_class c on c.oid = londiste.find_table(t.name)
              cross join lateral (
                select case when r.is_instead then 'ERROR' else 'RISK' end,
                    case when r.is_instead
                      then pg_catalog.format('rule %I may replace what the replay writes: drop it, or disable it (alter table %s disable rule %I)',
                                             r.rulename, t.name, r.rulename)
                      else pg_catalog.format('rule %I also fires for what the replay writes', r.rulename) end
                  from pg_catalog.pg_rewrite r where r.ev_class = c.oid and r.ev_enabled""" + FIRES + """

                union all
                select 'ERROR', pg_catalog.format('partition %s is a foreign table, which the replay''s transaction does not cover',
                                                  londiste.fqname(part.member))
                  from londiste.tree(c.oid) as part join pg_catalog.pg_class m on m.oid = part.member
                 where m.relkind = 'f'
                union all
                select 'ERROR', 'capture triggers came with a dump of a provider, and what the replay writes would fire them ('
                    || pg_catalog.string_agg(distinct g.tgname, ', ') || '): run subscriber install, which drops them'
                  from londiste.tree(c.oid) as part
                    join pg_catalog.pg_trigger g on g.tgrelid = part.member
                    join pg_catalog.pg_proc p on p.oid = g.tgfoid
                 where p.pronamespace = 'londiste'::regnamespace and p.proname ~ '^capture_[0-9]+(_replica)?$'
                   and not exists (select from londiste.provider_table where nr = pg_catalog.substring(p.proname, '[0-9]+')::bigint)
                having pg_catalog.count(*) > 0
                union all
                select 'NOTE', pg_catalog.format('table %s inherits from it: the replay changes its rows as well', londiste.fqname(i.inhrelid))
                  from pg_catalog.pg_inherits i where i.inhparent = c.oid and c.relkind <> 'p'
                union all
                select 'RISK', pg_catalog.format('trigger %I fires before rows that the replay writes%s and may change or skip them',
                                                 g.tgname, case when part.member <> c.oid then ' to ' || londiste.fqname(part.member) end)
                  from londiste.tree(c.oid) as part
                    join pg_catalog.pg_trigger g on g.tgrelid = part.member
                    join pg_catalog.pg_proc p on p.oid = g.tgfoid
                    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
                 where ? and not g.tgisinternal and g.tgparentid = 0 and n.nspname not in ('londiste', 'pgq')
                   and g.tgtype & 3 = 3 and g.tgenabled""" + FIRES + """

              ) as e (severity, problem)
            order by t.nr, e.problem
            """;

    private WriteEffects() {}

    /**
     * What is found on these tables; tables that do not exist are ignored.
     *
     * @param triggers whether triggers of the subscriber's tables remain; {@code subscriber add} saves and drops them
     */
    static List<Difference> of(DatabasePair sides, Map<TableName, Mapping> tables, boolean triggers) {
        var names = tables.keySet().stream().map(TableName::toString).toArray(String[]::new);
        var sources = tables.entrySet().stream()
                .map(table -> table.getValue().source(table.getKey()).toString())
                .toArray(String[]::new);
        var effects = new ArrayList<Difference>();
        effects.addAll(rowSecurity(sides.provider(), sources, "copy and compare"));
        effects.addAll(rowSecurity(sides.subscriber(), names, "replay, copy and compare"));
        effects.addAll(sides.subscriber()
                .rows(
                        ON_SUBSCRIBER,
                        row -> new Difference(
                                TableName.parse(row.getString(1)),
                                Severity.valueOf(row.getString(2)),
                                row.getString(3)),
                        names,
                        triggers));
        return effects;
    }

    private static List<Difference> rowSecurity(Database database, String[] names, String work) {
        return database.rows(
                ROW_SECURITY,
                row -> new Difference(
                        TableName.parse(row.getString(1)),
                        Severity.ERROR,
                        "row level security of the " + database.role() + "'s table applies to role " + row.getString(2)
                                + ", and " + work + " need all rows: let a superuser run alter role " + row.getString(2)
                                + " bypassrls, or use the table's owner without force row level security"),
                (Object) names);
    }
}
