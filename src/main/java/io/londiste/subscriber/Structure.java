package io.londiste.subscriber;

import io.londiste.change.TableName;
import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.subscriber.Difference.Severity;
import io.londiste.table.Mapping;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

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

    private static final String PARTITIONS = """
            select t.name, londiste.partition_problem(t.name, t.col)
            from unnest(?::text[], ?::text[]) with ordinality as t (name, col, nr)
            where londiste.partition_problem(t.name, t.col) is not null
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
    private final Map<TableName, Mapping> mappings;
    private final List<TableName> tables;
    private final Map<TableName, List<Column>> there;
    private final Map<TableName, List<Column>> here;

    /** @param mappings the tables, with what each is replicated as */
    Structure(DatabasePair sides, Map<TableName, Mapping> mappings) {
        this.sides = sides;
        this.mappings = mappings;
        this.tables = List.copyOf(mappings.keySet());
        here = columns(sides.subscriber(), tables);
        there = columns(sides.provider(), sources());
    }

    /** The provider's tables of these, in the same order. */
    private List<TableName> sources() {
        return tables.stream().map(this::source).toList();
    }

    private TableName source(TableName table) {
        return mappings.get(table).source(table);
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
        var theirs = there.get(source(table));
        var ours = here.get(table);
        if (theirs == null || ours == null) {
            differences.add(new Difference(
                    table,
                    Severity.ERROR,
                    theirs == null ? "no such table on the provider" : Subscriber.MISSING_TABLE));
            return differences;
        }
        var mapping = mappings.get(table);
        for (var column : theirs) {
            if (mapping.has(column.name) && find(ours, column.name) == null) {
                differences.add(
                        new Difference(table, Severity.ERROR, "the subscriber's table has no column " + column.name));
            }
        }
        var lacking = mapping.declaredColumns().stream()
                .filter(column -> find(theirs, column) == null)
                .toList();
        if (!lacking.isEmpty()) {
            differences.add(new Difference(table, Severity.ERROR, mapping.lacking(lacking)));
        }
        if (!key(theirs).equals(key(ours))
                && (mapping.partitioning() == null || !mapping.partitioning().isExtended(key(theirs), key(ours)))) {
            differences.add(new Difference(
                    table,
                    Severity.ERROR,
                    "the primary key is " + written(key(theirs)) + " on the provider and " + written(key(ours))
                            + " on the subscriber: make them the same"
                            + (mapping.partitioning() == null
                                    ? ""
                                    : ", with " + mapping.partitioning().column() + " added on the subscriber")
                            + "; the replay finds rows by the provider's key"));
        }
        ours.forEach(column -> compare(table, mapping, find(theirs, column.name), column, differences));
        return differences;
    }

    private static void compare(
            TableName table, Mapping mapping, Column theirs, Column ours, List<Difference> differences) {
        if (theirs == null || !mapping.has(ours.name)) {
            boolean unfillable = ours.notNull && !ours.filled;
            if (theirs == null || unfillable) {
                differences.add(new Difference(
                        table,
                        unfillable ? Severity.ERROR : Severity.NOTE,
                        (theirs == null
                                        ? "the provider's table has no column " + ours.name
                                        : "column " + ours.name + " is not replicated (--columns)")
                                + (unfillable ? ", which is NOT NULL and has no default" : "")));
            }
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
        var partitioning = mapping.partitioning();
        if (partitioning != null && partitioning.column().equals(ours.name) && !ours.type.equals(theirs.type)) {
            differences.add(new Difference(
                    table,
                    Severity.ERROR,
                    "column " + ours.name + ", by which the table is partitioned, is " + theirs.type
                            + " on the provider and " + ours.type + " on the subscriber: make them the same"));
        }
        if (ours.notNull && !theirs.notNull) {
            differences.add(new Difference(
                    table,
                    Severity.RISK,
                    "column " + ours.name + " is NOT NULL on the subscriber, and may be null on the provider"));
        }
    }

    /** The subscriber's tables that cannot have the partitions that are declared for them. */
    List<Difference> partitions() {
        var partitioned = tables.stream()
                .filter(table -> mappings.get(table).partitioning() != null)
                .toList();
        return sides.subscriber()
                .rows(
                        PARTITIONS,
                        row -> new Difference(TableName.parse(row.getString(1)), Severity.ERROR, row.getString(2)),
                        names(partitioned),
                        partitioned.stream()
                                .map(table -> mappings.get(table).partitioning().column())
                                .toArray(String[]::new));
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
        var theirs = sides.provider().rows(ACTIONS, reader, names(sources())).stream()
                .map(Key::action)
                .toList();
        var all = withSubscribed();
        UnaryOperator<TableName> origin =
                table -> all.getOrDefault(table, Mapping.NONE).source(table);
        return sides.subscriber().rows(ACTIONS, reader, names(tables)).stream()
                .filter(key -> isFilter(all, key.action.parent)
                        || !theirs.contains(new Action(
                                origin.apply(key.action.table),
                                origin.apply(TableName.parse(key.action.parent)).toString(),
                                key.action.onUpdate,
                                key.action.onDelete,
                                key.action.columns)))
                .map(key -> new Difference(
                        key.action.table,
                        Severity.RISK,
                        "foreign key " + key.name + " changes or deletes rows together with rows of "
                                + key.action.parent + " on the subscriber, and not so on the provider"
                                + (isFilter(all, key.action.parent)
                                        ? ", where rows that leave the condition of " + key.action.parent
                                                + " are not deleted"
                                        : "")))
                .toList();
    }

    private static boolean isFilter(Map<TableName, Mapping> mappings, String table) {
        return mappings.getOrDefault(TableName.parse(table), Mapping.NONE).isFilter();
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

    /** These and the subscribed tables. */
    private Map<TableName, Mapping> withSubscribed() {
        var all = new HashMap<>(sides.mappings());
        all.putAll(mappings);
        return all;
    }

    /**
     * The subscriber's foreign keys to tables of which only some rows are replicated, from or to these tables.
     */
    List<Difference> foreignKeysToFiltered() {
        var all = withSubscribed();
        var filtered =
                all.keySet().stream().filter(table -> all.get(table).isFilter()).toList();
        if (filtered.isEmpty()) {
            return List.of();
        }
        return sides.subscriber().rows(FOREIGN_KEYS, row -> foreignKeyToFiltered(row, all), names(filtered)).stream()
                .filter(Objects::nonNull)
                .toList();
    }

    private Difference foreignKeyToFiltered(ResultSet row, Map<TableName, Mapping> all) throws SQLException {
        var from = TableName.parse(row.getString(3));
        var to = TableName.parse(row.getString(4));
        boolean concerned = to.equals(TableName.parse(row.getString(1)))
                && all.containsKey(from)
                && all.get(to).isFilter();
        return concerned && (mappings.containsKey(from) || mappings.containsKey(to))
                ? new Difference(
                        from,
                        Severity.RISK,
                        "foreign key " + row.getString(2) + " needs rows of " + to + ", which has only those "
                                + all.get(to).filter() + ": a row that references another stops the table")
                : null;
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
