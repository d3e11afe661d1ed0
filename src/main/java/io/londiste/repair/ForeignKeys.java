package io.londiste.repair;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The subscriber's foreign keys, which decide which tables have to be repaired together. Immutable. */
final class ForeignKeys {
    private static final String KEYS = """
            select cn.nspname, c.relname, pn.nspname, p.relname, f.conname, f.condeferrable, f.confdeltype <> 'a'
            from pg_catalog.pg_constraint f
              join pg_catalog.pg_class c on c.oid = f.conrelid join pg_catalog.pg_namespace cn on cn.oid = c.relnamespace
              join pg_catalog.pg_class p on p.oid = f.confrelid join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
            where f.contype = 'f' and f.conparentid = 0
            """;

    /**
     * A foreign key.
     *
     * @param acts whether it has an action when a row of the parent is deleted, instead of only being checked
     */
    record Key(TableName child, TableName parent, String name, boolean deferrable, boolean acts) {
        /** The statement that allows the key to be checked at the end of the transaction, or forbids it again. */
        String alter(boolean deferrable) {
            return "alter table " + child.quoted() + " alter constraint " + TableName.quote(name)
                    + (deferrable ? " deferrable" : " not deferrable");
        }
    }

    private final List<Key> keys;

    private ForeignKeys(List<Key> keys) {
        this.keys = keys;
    }

    static ForeignKeys of(Connection subscriber) throws SQLException {
        return new ForeignKeys(Jdbc.list(
                subscriber,
                KEYS,
                row -> new Key(
                        new TableName(row.getString(1), row.getString(2)),
                        new TableName(row.getString(3), row.getString(4)),
                        row.getString(5),
                        row.getBoolean(6),
                        row.getBoolean(7))));
    }

    /** The keys from rows of these tables to rows of these. */
    List<Key> within(Collection<TableName> tables) {
        return keys.stream()
                .filter(key -> tables.contains(key.child) && tables.contains(key.parent))
                .toList();
    }

    /** Whether rows of any table, the table itself included, reference rows of the table. */
    boolean isParent(TableName table) {
        return keys.stream().anyMatch(key -> key.parent.equals(table));
    }

    /** Whether deleting a row of the table also changes rows that reference it. */
    boolean isActingParent(TableName table) {
        return keys.stream().anyMatch(key -> key.acts && key.parent.equals(table));
    }

    /**
     * Groups tables by whether foreign keys link them, directly or through other tables; parents come before their
     * children.
     */
    List<List<TableName>> families(Collection<TableName> tables) {
        var left = new LinkedHashSet<>(tables);
        var families = new ArrayList<List<TableName>>();
        while (!left.isEmpty()) {
            var members = linked(left.iterator().next());
            var family = new LinkedHashSet<TableName>();
            left.stream().filter(members::contains).forEach(table -> addAfterParents(table, family, new HashSet<>()));
            family.retainAll(left);
            left.removeAll(family);
            families.add(List.copyOf(family));
        }
        return families;
    }

    private Set<TableName> linked(TableName first) {
        var found = new HashSet<>(Set.of(first));
        var next = new ArrayDeque<>(found);
        while (!next.isEmpty()) {
            var table = next.remove();
            keys.stream()
                    .filter(key -> key.child.equals(table) || key.parent.equals(table))
                    .flatMap(key -> Stream.of(key.child, key.parent))
                    .filter(found::add)
                    .forEach(next::add);
        }
        return found;
    }

    private void addAfterParents(TableName table, Set<TableName> family, Set<TableName> visited) {
        if (visited.add(table)) {
            keys.stream()
                    .filter(key -> key.child.equals(table))
                    .forEach(key -> addAfterParents(key.parent, family, visited));
            family.add(table);
        }
    }
}
