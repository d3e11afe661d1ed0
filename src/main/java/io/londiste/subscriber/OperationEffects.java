package io.londiste.subscriber;

import io.londiste.change.TableName;
import io.londiste.subscriber.Difference.Severity;
import io.londiste.table.Mapping;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds constraints of the subscriber with which rows collide that are there, or are not, because not all operations of their
 * table are replicated.
 */
final class OperationEffects {
    private static final String FOREIGN_KEYS = """
            select c.conname, londiste.fqname(c.conrelid), londiste.fqname(c.confrelid), concat(c.confupdtype, c.confdeltype) ~ '[cnd]'
              from pg_catalog.pg_constraint c
             cross join (select array_agg(londiste.find_table(name)) from unnest(?::text[]) as name) as t (tables)
             where c.contype = 'f' and c.conparentid = 0
               and (c.conrelid = any (t.tables) or c.confrelid = any (t.tables))
             order by 2, 1
            """;

    private static final String UNIQUE = """
            select londiste.fqname(i.indrelid), string_agg(c.relname, ', ' order by c.relname)
              from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
             where (i.indisunique or i.indisexclusion) and not i.indisprimary
               and i.indrelid in (select londiste.find_table(name) from unnest(?::text[]) as name)
             group by 1 order by 1
            """;

    private final DatabasePair sides;
    private final Map<TableName, Mapping> all;

    /** @param all all subscribed tables, and those that are to be */
    OperationEffects(DatabasePair sides, Map<TableName, Mapping> all) {
        this.sides = sides;
        this.all = all;
    }

    /** What is found on any of the tables, at a table with only some operations. */
    List<Difference> differences() {
        var names = all.keySet().stream()
                .filter(table ->
                        !all.get(table).operations().isAll() && all.get(table).function() == null)
                .map(TableName::toString)
                .toArray(String[]::new);
        var effects = new ArrayList<Difference>();
        if (names.length > 0) {
            sides.subscriber().rows(FOREIGN_KEYS, row -> effects.addAll(ofForeignKey(row)), (Object) names);
            sides.subscriber().rows(UNIQUE, row -> effects.addAll(ofUnique(row)), (Object) names);
        }
        return effects;
    }

    private List<Difference> ofForeignKey(ResultSet row) throws SQLException {
        var key = "foreign key " + row.getString(1);
        var child = TableName.parse(row.getString(2));
        var parent = TableName.parse(row.getString(3));
        if (!all.containsKey(child)) {
            return List.of();
        }
        var ofChild = all.getOrDefault(child, Mapping.NONE).operations();
        var ofParent = all.getOrDefault(parent, Mapping.NONE).operations();
        var effects = new ArrayList<Difference>();
        if (row.getBoolean(4)) {
            effects.add(risk(
                    child,
                    key + " changes or deletes rows together with rows of " + parent
                            + " on the subscriber, whichever operations are replicated"));
        } else if (ofChild.keepRows() && !ofParent.keepRows()) {
            effects.add(risk(
                    child,
                    key + ": a row that stays (ops " + ofChild.text() + ") keeps the row of " + parent
                            + " from being deleted, which stops that table"));
        }
        if (ofParent.lackRows()) {
            effects.add(risk(
                    child,
                    key + " needs rows of " + parent + ", which lacks new ones (ops " + ofParent.text()
                            + "): a row that references one stops the table"));
        }
        return effects;
    }

    private List<Difference> ofUnique(ResultSet row) throws SQLException {
        var table = TableName.parse(row.getString(1));
        var operations = all.get(table).operations();
        return operations.keepRows() || operations.keepValues()
                ? List.of(risk(
                        table,
                        "unique index " + row.getString(2) + ": a row that stays as it is (ops " + operations.text()
                                + ") may have the value that another one gets, which stops the table"))
                : List.of();
    }

    private static Difference risk(TableName table, String problem) {
        return new Difference(table, Severity.RISK, problem);
    }
}
