package io.londiste.table;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.table.TableShape.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The definitions of tables in the subscriber's catalog, read once and kept until {@link #forget}. Safe for use by
 * several threads.
 */
public final class TableShapes {
    private static final String SHAPE = """
            select column_name, type, generated, identity, key_position, coalesce(
              (select pg_catalog.format('operator(%I.%s)', n.nspname, o.oprname)
               from pg_catalog.pg_opclass c
                 join pg_catalog.pg_am a on a.oid = c.opcmethod and a.amname = 'btree'
                 join pg_catalog.pg_amop m on m.amopfamily = c.opcfamily and m.amopstrategy = 3
                   and m.amoplefttype = c.opcintype and m.amoprighttype = c.opcintype
                 join pg_catalog.pg_operator o on o.oid = m.amopopr
                 join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
               where c.opcdefault and c.opcintype = londiste.base_type(pg_catalog.to_regtype(s.type))), '='),
              not exists (select from pg_catalog.pg_attribute a
                            join pg_catalog.pg_collation k on k.oid = a.attcollation
                           where a.attrelid = londiste.get_table(?) and a.attname = s.column_name and not k.collisdeterministic)
            from londiste.table_shape(?) as s order by position
            """;
    private static final String FOREIGN_KEYS = """
            select cn.nspname, c.relname, pn.nspname, p.relname
            from pg_catalog.pg_constraint f
              join pg_catalog.pg_class c on c.oid = f.conrelid join pg_catalog.pg_namespace cn on cn.oid = c.relnamespace
              join pg_catalog.pg_class p on p.oid = f.confrelid join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
            where f.contype = 'f' and f.conparentid = 0 and not f.condeferred
            """;
    private static final String CASCADES = """
            select exists (select from pg_catalog.pg_constraint
                            where contype = 'f' and confdeltype = 'c'
                              and conrelid in (select member from londiste.tree(londiste.get_table(?))))
            """;

    /**
     * The order of work that foreign keys demand, read when it is first needed. What was discarded while it was read stays
     * in an object that nobody uses any more.
     */
    private static final class Order {
        private volatile Map<TableName, Integer> ranks;

        Map<TableName, Integer> ranks(Connection connection) throws SQLException {
            Map<TableName, Integer> known = ranks;
            if (known == null) {
                known = readRanks(connection);
                ranks = known;
            }
            return known;
        }
    }

    private final Map<TableName, TableShape> shapes = new ConcurrentHashMap<>();
    private volatile Order order = new Order();

    /**
     * The table's shape.
     *
     * @throws SQLException also when there is no such table (SQLSTATE 42P01)
     */
    public TableShape shape(Connection connection, TableName table) throws SQLException {
        TableShape shape = shapes.get(table);
        if (shape == null) {
            shape = read(connection, table);
            shapes.put(table, shape);
        }
        return shape;
    }

    /**
     * The table's place in an order in which parents come before the tables whose foreign keys reference them, as far
     * as there is one. Foreign keys that are checked at commit do not matter.
     */
    public int rank(Connection connection, TableName table) throws SQLException {
        return order.ranks(connection).getOrDefault(table, 0);
    }

    /**
     * Whether a foreign key of the table, or of a partition, deletes its rows together with their parents. It is always read: one
     * that was created after the order of work was read may have deleted rows already.
     */
    public boolean cascades(Connection connection, TableName table) throws SQLException {
        return Jdbc.only(connection, CASCADES, row -> row.getBoolean(1), table.toString());
    }

    /**
     * Discards the definitions, which are read again when they are next needed: an operator may have changed a table.
     */
    public void forget() {
        shapes.clear();
        order = new Order();
    }

    /** Discards the definition of one table, and the foreign keys. */
    public void forget(TableName table) {
        shapes.remove(table);
        order = new Order();
    }

    /** Discards the order of work: foreign keys were created. */
    public void forgetForeignKeys() {
        order = new Order();
    }

    private static TableShape read(Connection connection, TableName table) throws SQLException {
        long mark = Jdbc.only(
                connection,
                "select londiste.shape_mark(londiste.get_table(?))",
                row -> row.getLong(1),
                table.toString());
        Map<Integer, String> key = new TreeMap<>();
        List<Column> columns = Jdbc.list(
                connection,
                SHAPE,
                row -> {
                    Integer keyPosition = row.getObject(5, Integer.class);
                    if (keyPosition != null) {
                        key.put(keyPosition, row.getString(1));
                    }
                    return new Column(
                            row.getString(1),
                            row.getString(2),
                            row.getBoolean(3),
                            "a".equals(row.getString(4)),
                            row.getString(6),
                            row.getBoolean(7));
                },
                table.toString(),
                table.toString());
        return new TableShape(table, columns, List.copyOf(key.values()), isParent(connection, table), mark);
    }

    private static boolean isParent(Connection connection, TableName table) throws SQLException {
        return Jdbc.only(
                connection,
                "select relkind = 'p' or exists (select from pg_catalog.pg_inherits where inhparent = c.oid)"
                        + " from pg_catalog.pg_class as c where oid = ?::regclass",
                row -> row.getBoolean(1),
                table.quoted());
    }

    /** A foreign key as far as it matters for the order of work. */
    private record ForeignKey(TableName child, TableName parent) {}

    private static Map<TableName, Integer> readRanks(Connection connection) throws SQLException {
        List<ForeignKey> all = Jdbc.list(
                connection,
                FOREIGN_KEYS,
                row -> new ForeignKey(
                        new TableName(row.getString(1), row.getString(2)),
                        new TableName(row.getString(3), row.getString(4))));
        Map<TableName, Set<TableName>> parents = new HashMap<>();
        for (ForeignKey key : all) {
            parents.computeIfAbsent(key.child, t -> new HashSet<>()).add(key.parent);
        }
        Map<TableName, Integer> ranks = new HashMap<>();
        for (TableName table : parents.keySet()) {
            rank(table, parents, ranks);
        }
        return ranks;
    }

    /** One more than the highest parent's; a table that is reached again on the way up (a cycle) counts as 0. */
    private static int rank(TableName table, Map<TableName, Set<TableName>> parents, Map<TableName, Integer> ranks) {
        Integer known = ranks.putIfAbsent(table, 0);
        if (known != null) {
            return known;
        }
        int rank = 0;
        for (TableName parent : parents.getOrDefault(table, Set.of())) {
            if (!parent.equals(table)) {
                rank = Math.max(rank, rank(parent, parents, ranks) + 1);
            }
        }
        ranks.put(table, rank);
        return rank;
    }
}
