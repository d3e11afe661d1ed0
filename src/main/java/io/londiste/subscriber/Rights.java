package io.londiste.subscriber;

import io.londiste.subscriber.Difference.Severity;
import io.londiste.table.TableName;
import java.util.ArrayList;
import java.util.List;

/** What the subscriber's role may not do with tables, and the replay has to. */
final class Rights {
    private static final String LACKING = """
            select t.name, current_user,
              concat_ws(', ',
                case when not has_schema_privilege(c.relnamespace, 'USAGE') then 'USAGE on its schema' end,
                (select string_agg(p.name, ', ' order by p.nr)
                   from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) with ordinality as p (name, nr)
                  where not has_table_privilege(c.oid, p.name))),
              (select string_agg(distinct aside.name, ', ')
                 from (select londiste.fqname(part.member) as name
                         from londiste.tree(c.oid) as part
                        where (part.member = c.oid or part.partitioned)
                          and exists (select from londiste.find_table_triggers(londiste.fqname(part.member)))
                        union
                       select f.from_table from londiste.find_table_fkeys(t.name) as f) as aside
                 join pg_catalog.pg_class a on a.oid = londiste.find_table(aside.name)
                where not pg_has_role(a.relowner, 'USAGE'))
            from unnest(?::text[]) with ordinality as t (name, nr)
              join pg_catalog.pg_class c on c.oid = londiste.find_table(t.name)
            order by t.nr
            """;

    private Rights() {}

    /** What is lacking for these tables; nothing is said of those that are not there. */
    static List<Difference> lacking(BothSides sides, List<TableName> tables) {
        var lacking = new ArrayList<Difference>();
        sides.subscriber()
                .rows(
                        LACKING,
                        row -> {
                            var table = TableName.parse(row.getString(1));
                            var role = row.getString(2);
                            if (!row.getString(3).isEmpty()) {
                                lacking.add(new Difference(
                                        table,
                                        Severity.ERROR,
                                        "role " + role + " may not write it on the subscriber: it needs "
                                                + row.getString(3)));
                            }
                            if (row.getString(4) != null) {
                                lacking.add(new Difference(
                                        table,
                                        Severity.RISK,
                                        "a copy puts triggers and foreign keys aside, for which role " + role
                                                + " has to own " + row.getString(4)));
                            }
                            return null;
                        },
                        (Object) tables.stream().map(TableName::toString).toArray(String[]::new));
        return lacking;
    }
}
