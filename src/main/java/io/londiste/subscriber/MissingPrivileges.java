package io.londiste.subscriber;

import io.londiste.change.TableName;
import io.londiste.subscriber.Difference.Severity;
import java.util.ArrayList;
import java.util.List;

/** Finds privileges that the replay needs and the subscriber's role does not have. */
final class MissingPrivileges {
    private static final String MISSING = """
            select t.name, current_user,
              concat_ws(', ', case when usage.missing then 'USAGE on its schema' end, lacking.rights),
              concat_ws('; ',
                case when usage.missing then format('GRANT USAGE ON SCHEMA %I TO %I', n.nspname, current_user) end,
                case when lacking.rights is not null
                  then format('GRANT %s ON %I.%I TO %I', lacking.rights, n.nspname, c.relname, current_user) end),
              (select string_agg(distinct altered.name, ', ')
                 from (select londiste.fqname(part.member) as name
                         from londiste.tree(c.oid) as part
                        where (part.member = c.oid or part.partitioned)
                          and exists (select from londiste.find_table_triggers(londiste.fqname(part.member)))
                        union
                       select f.from_table from londiste.find_table_fkeys(t.name) as f) as altered
                 join pg_catalog.pg_class a on a.oid = londiste.find_table(altered.name)
                where not pg_has_role(a.relowner, 'USAGE'))
            from unnest(?::text[]) with ordinality as t (name, nr)
              join pg_catalog.pg_class c on c.oid = londiste.find_table(t.name)
              join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              cross join lateral (select not has_schema_privilege(n.oid, 'USAGE')) as usage (missing)
              cross join lateral (
                select string_agg(p.name, ', ' order by p.nr)
                  from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) with ordinality as p (name, nr)
                 where not has_table_privilege(c.oid, p.name)) as lacking (rights)
            order by t.nr
            """;

    private MissingPrivileges() {}

    /** The missing privileges on these tables; tables that do not exist are ignored. */
    static List<Difference> of(DatabasePair sides, List<TableName> tables) {
        var missing = new ArrayList<Difference>();
        sides.subscriber()
                .rows(
                        MISSING,
                        row -> {
                            var table = TableName.parse(row.getString(1));
                            var role = row.getString(2);
                            if (!row.getString(3).isEmpty()) {
                                missing.add(new Difference(
                                        table,
                                        Severity.ERROR,
                                        "role " + role + " may not write it on the subscriber: it needs "
                                                + row.getString(3) + " (" + row.getString(4) + ")"));
                            }
                            if (row.getString(5) != null) {
                                missing.add(new Difference(
                                        table,
                                        Severity.RISK,
                                        "a copy drops triggers and foreign keys and creates them again, for which role "
                                                + role + " must own " + row.getString(5)));
                            }
                            return null;
                        },
                        (Object) tables.stream().map(TableName::toString).toArray(String[]::new));
        return missing;
    }
}
