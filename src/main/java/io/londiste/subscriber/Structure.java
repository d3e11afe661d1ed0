package io.londiste.subscriber;

import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.subscriber.Difference.Severity;
import io.londiste.table.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Compares the structure of tables on the provider and on the subscriber. */
final class Structure {
    private static final String COLUMNS = """
            select t.name, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
              a.atthasdef or a.attidentity <> '' or a.attgenerated <> '',
              array_position(londiste.key_columns(a.attrelid), a.attname::text),
              (select pg_catalog.format_type(d.typbasetype, d.typtypmod) from pg_catalog.pg_type d
                where d.oid = a.atttypid and d.typtype = 'd'),
              (select k.collname from pg_catalog.pg_collation k where k.oid = a.attcollation and not k.collisdeterministic),
              (select pg_catalog.pg_get_expr(d.adbin, d.adrelid) from pg_catalog.pg_attrdef d
                where d.adrelid = a.attrelid and d.adnum = a.attnum and a.attgenerated <> ''), a.attgenerated = 'v'
            from unnest(?::text[]) with ordinality as t (name, nr)
              left join pg_catalog.pg_attribute a
                on a.attrelid = londiste.find_table(t.name) and a.attnum > 0 and not a.attisdropped
            where londiste.find_table(t.name) is not null
            order by t.nr, a.attnum
            """;

    private static final String UNLOGGED = """
            select t.name, londiste.unlogged_part(londiste.find_table(t.name))
            from unnest(?::text[]) with ordinality as t (name, nr)
            where londiste.unlogged_part(londiste.find_table(t.name)) is not null
            order by t.nr
            """;

    /** Foreign keys that change or delete rows together with those that they reference; the key's name is left out. */
    private static final String ACTIONS = """
            select t.name, f.conname, londiste.fqname(f.confrelid), f.confupdtype::text, f.confdeltype::text,
              pg_catalog.array_to_string(array(select a.attname from unnest(f.conkey) with ordinality as k (nr, place)
                join pg_catalog.pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.nr order by k.place), ',')
            from unnest(?::text[]) as t (name)
              join pg_catalog.pg_constraint f on f.conrelid = londiste.find_table(t.name) and f.contype = 'f'
            where f.confupdtype not in ('a', 'r') or f.confdeltype not in ('a', 'r')
            order by t.name, f.conname
            """;

    private static final String RELATION_KINDS = """
            select t.name, case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table'
                                          else 'relation of another kind' end
            from unnest(?::text[]) with ordinality as t (name, nr)
              join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(t.name)
            where c.relkind not in ('r', 'p')
            """;

    private static final String FOREIGN_KEYS = """
            select t.name, f.fkey_name, f.from_table, f.to_table
            from unnest(?::text[]) as t (name), londiste.find_table_fkeys(t.name) as f
            order by t.name, f.fkey_name
            """;

    private static final String MEMBERS = """
            select londiste.fqname(part.member) from unnest(?::text[]) as t (name), londiste.tree(londiste.find_table(t.name)) as part
            """;

    /**
     * A column.
     *
     * @param filled whether the server fills the column if an INSERT omits it
     * @param base the type of which the column's type is a domain; null if it is none
     * @param merging its collation if that treats different texts as equal; otherwise null
     * @param generation the expression of a generated column; null if it is none
     * @param virtual whether it is generated when it is read, so that events do not have its values
     */
    private record Column(
            String name,
            ColumnType type,
            boolean notNull,
            boolean filled,
            Integer keyPosition,
            ColumnType base,
            String merging,
            String generation,
            boolean virtual) {}

    private final DatabasePair sides;
    private final List<TableName> tables;
    private final Map<TableName, List<Column>> there;
    private final Map<TableName, List<Column>> here;

    Structure(DatabasePair sides, List<TableName> tables) {
        this.sides = sides;
        this.tables = tables;
        here = columns(sides.subscriber(), tables);
        there = columns(sides.provider(), tables);
    }

    /** The tables that do not exist on the subscriber. */
    List<TableName> missing() {
        return tables.stream().filter(table -> !here.containsKey(table)).toList();
    }

    /** The differences of the tables themselves, the most severe of each table first. */
    List<Difference> differences() {
        return tables.stream()
                .flatMap(table -> differences(table).stream().sorted(Comparator.comparing(Difference::severity)))
                .toList();
    }

    private List<Difference> differences(TableName table) {
        var differences = new ArrayList<Difference>();
        var theirs = there.get(table);
        var ours = here.get(table);
        if (theirs == null || ours == null) {
            differences.add(new Difference(
                    table, Severity.ERROR, "no such table on the " + (theirs == null ? "provider" : "subscriber")));
            return differences;
        }
        for (var column : theirs) {
            if (find(ours, column.name) == null) {
                differences.add(
                        new Difference(table, Severity.ERROR, "the subscriber's table has no column " + column.name));
            }
        }
        if (!key(theirs).equals(key(ours))) {
            differences.add(new Difference(
                    table,
                    Severity.ERROR,
                    "the primary key is " + written(key(theirs)) + " on the provider and " + written(key(ours))
                            + " on the subscriber: make them the same; the replay finds rows by the provider's key"));
        }
        ours.forEach(column -> compare(table, find(theirs, column.name), column, differences));
        return differences;
    }

    private static void compare(TableName table, Column theirs, Column ours, List<Difference> differences) {
        if (theirs == null) {
            boolean unfillable = ours.notNull && !ours.filled;
            differences.add(new Difference(
                    table,
                    unfillable ? Severity.ERROR : Severity.NOTE,
                    "the provider's table has no column " + ours.name
                            + (unfillable ? ", which is NOT NULL and has no default" : "")));
            return;
        }
        if (ours.generation != null) {
            if (!ours.generation.equals(theirs.generation)) {
                differences.add(new Difference(
                        table,
                        Severity.RISK,
                        "column " + ours.name + " is generated on the subscriber as " + ours.generation
                                + (theirs.generation == null ? ", and not" : ", and as " + theirs.generation)
                                + " on the provider: its values may differ"));
            }
        } else {
            if (theirs.virtual) {
                differences.add(new Difference(
                        table,
                        Severity.ERROR,
                        "column " + ours.name + " is a virtual generated column on the provider, whose values are in no"
                                + " event: generate it on the subscriber as well, or store it on the provider"));
            }
            compareTypes(table, theirs, ours, differences);
        }
        if (ours.notNull && !theirs.notNull) {
            differences.add(new Difference(
                    table,
                    Severity.RISK,
                    "column " + ours.name + " is NOT NULL on the subscriber, and may be null on the provider"));
        }
    }

    /** The subscriber's tables that a crash of its server would empty. */
    List<Difference> unlogged() {
        return sides.subscriber()
                .rows(
                        UNLOGGED,
                        row -> new Difference(
                                TableName.parse(row.getString(1)),
                                Severity.ERROR,
                                "table " + row.getString(2)
                                        + " is unlogged on the subscriber: a crash of the server empties it; make it logged (alter table "
                                        + row.getString(2) + " set logged)"),
                        names(tables));
    }

    private static void compareTypes(TableName table, Column theirs, Column ours, List<Difference> differences) {
        boolean key = ours.keyPosition != null && theirs.keyPosition != null;
        boolean sameName = theirs.type.equals(ours.type);
        var from = sameName && theirs.base != null ? theirs.base : theirs.type;
        var to = sameName && ours.base != null ? ours.base : ours.type;
        if (!from.equals(to)) {
            boolean merges = key && from.mayChange(to);
            differences.add(new Difference(
                    table,
                    merges ? Severity.ERROR : from.fits(to) ? Severity.NOTE : Severity.RISK,
                    "column " + ours.name + " is " + from + " on the provider and " + to + " on the subscriber"
                            + (merges
                                    ? ", where different keys may become one"
                                    : from.mayChange(to) ? ", which may change values without an error" : "")));
        }
        if (key && ours.merging != null && theirs.merging == null) {
            differences.add(new Difference(
                    table,
                    Severity.ERROR,
                    "key column " + ours.name + " has the nondeterministic collation " + ours.merging
                            + " on the subscriber, where different keys may become one"));
        }
    }

    /** What the names of {@link #missing} tables are on the subscriber if they are no tables: name, then kind. */
    List<String> otherRelations() {
        return sides.subscriber()
                .rows(RELATION_KINDS, row -> TableName.parse(row.getString(1)) + " is a " + row.getString(2), (Object)
                        missing().stream().map(TableName::quoted).toArray(String[]::new));
    }

    /**
     * Foreign keys of these tables by which the subscriber changes or deletes rows together with those that they
     * reference, while the provider does not.
     */
    List<Difference> foreignKeyActions() {
        record Action(TableName table, String parent, String onUpdate, String onDelete, String columns) {}
        record Key(Action action, String name) {}
        Jdbc.RowReader<Key> reader = row -> new Key(
                new Action(
                        TableName.parse(row.getString(1)),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6)),
                row.getString(2));
        var theirs = sides.provider().rows(ACTIONS, reader, names(tables)).stream()
                .map(Key::action)
                .toList();
        return sides.subscriber().rows(ACTIONS, reader, names(tables)).stream()
                .filter(key -> !theirs.contains(key.action))
                .map(key -> new Difference(
                        key.action.table,
                        Severity.RISK,
                        "foreign key " + key.name + " changes or deletes rows together with rows of "
                                + key.action.parent + " on the subscriber, and not so on the provider"))
                .toList();
    }

    /** The subscriber's foreign keys between these tables and tables that are not subscribed; partitions are with their table. */
    List<Difference> foreignKeys(List<TableName> subscribed) {
        var members = Set.copyOf(
                sides.subscriber().rows(MEMBERS, row -> TableName.parse(row.getString(1)), names(subscribed)));
        return sides
                .subscriber()
                .rows(
                        FOREIGN_KEYS,
                        row -> {
                            var table = TableName.parse(row.getString(1));
                            var from = TableName.parse(row.getString(3));
                            var to = TableName.parse(row.getString(4));
                            if (!members.contains(to)) {
                                return new Difference(
                                        table,
                                        Severity.RISK,
                                        "foreign key " + row.getString(2) + " needs rows of " + to
                                                + ", which is not subscribed");
                            }
                            if (!members.contains(from)) {
                                return new Difference(
                                        table,
                                        Severity.NOTE,
                                        "foreign key " + row.getString(2) + " of " + from
                                                + ", which is not subscribed, may keep rows from being deleted");
                            }
                            return null;
                        },
                        names(tables))
                .stream()
                .filter(Objects::nonNull)
                .toList();
    }

    private static Column find(List<Column> columns, String name) {
        return columns.stream()
                .filter(column -> column.name.equals(name))
                .findFirst()
                .orElse(null);
    }

    private static List<String> key(List<Column> columns) {
        return columns.stream()
                .filter(column -> column.keyPosition != null)
                .sorted(Comparator.comparing(Column::keyPosition))
                .map(Column::name)
                .toList();
    }

    private static String written(List<String> key) {
        return key.isEmpty() ? "missing" : "(" + String.join(", ", key) + ")";
    }

    private static Map<TableName, List<Column>> columns(Database database, List<TableName> tables) {
        var columns = new HashMap<TableName, List<Column>>();
        database.rows(
                COLUMNS,
                row -> {
                    var ofTable =
                            columns.computeIfAbsent(TableName.parse(row.getString(1)), table -> new ArrayList<>());
                    if (row.getString(2) != null) {
                        ofTable.add(column(row));
                    }
                    return null;
                },
                names(tables));
        return columns;
    }

    private static Column column(ResultSet row) throws SQLException {
        return new Column(
                row.getString(2),
                new ColumnType(row.getString(3)),
                row.getBoolean(4),
                row.getBoolean(5),
                row.getObject(6, Integer.class),
                row.getString(7) == null ? null : new ColumnType(row.getString(7)),
                row.getString(8),
                row.getString(9),
                row.getBoolean(10));
    }

    private static Object names(List<TableName> tables) {
        return tables.stream().map(TableName::toString).toArray(String[]::new);
    }
}
