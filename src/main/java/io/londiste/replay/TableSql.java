package io.londiste.replay;

import io.londiste.change.Change.Writing;
import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.table.Mapping;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The statements that write rows of one table, given as a JSON array of objects.
 *
 * <p>PostgreSQL itself reads the values out of the JSON: those whose types it reads from JSON like any other input
 * directly, the others as text with a cast. A key is compared by the type's own equality.
 */
final class TableSql {
    /** A name that is unlikely to be a column's. */
    private static final String NR = "\"londiste nr\"";

    private final TableShape shape;
    private final boolean single;

    /** @param single whether the array has one element; otherwise the planner assumes a hundred */
    TableSql(TableShape shape, boolean single) {
        this.shape = shape;
        this.single = single;
    }

    /** One parameter: rows with these columns. */
    String insert(List<String> layout) {
        List<Column> columns = writable(layout);
        return "insert into " + shape.name().quoted() + " (" + join(columns, Column::quoted)
                + ") overriding system value select " + join(columns, c -> value(c, "r")) + " from "
                + recordset(columns, "r");
    }

    /**
     * One parameter: rows with these columns, whose key stays the same, possibly with another spelling; null if there
     * is nothing to set. A row whose identity column would have to change is not updated: see {@link
     * TableShape#settable}.
     */
    String update(List<String> layout, List<String> key) {
        List<Column> columns = writable(layout);
        List<Column> changed = columns.stream()
                .filter(c -> !(key.contains(c.name()) && c.hasOneTextPerValue()) && !c.alwaysIdentity())
                .toList();
        if (changed.isEmpty()) {
            return null;
        }
        return "update " + shape.target() + " as t set " + assignments(changed) + " from "
                + recordset(withKey(columns, key), "r") + " where " + sameKey(key, "r") + sameIdentity(columns);
    }

    /** The writable columns, and the generated ones of the key. */
    private List<Column> withKey(List<Column> writable, List<String> key) {
        return Stream.concat(writable.stream(), columns(key).stream().filter(Column::generated))
                .toList();
    }

    /**
     * One parameter: pairs {@code {"r": row, "o": old key}} of rows with these columns. Identity columns are treated as
     * in update.
     */
    String move(List<String> layout, List<String> key) {
        List<Column> columns = writable(layout);
        List<Column> changed = columns.stream().filter(c -> !c.alwaysIdentity()).toList();
        return "update " + shape.target() + " as t set " + assignments(changed)
                + (single ? " from (select ?::json -> 0)" : " from json_array_elements(?::json)")
                + " as m(pair), json_to_record(m.pair -> 'r') as " + record(columns, "r")
                + ", json_to_record(m.pair -> 'o') as " + record(columns(key), "o") + " where " + sameKey(key, "o")
                + sameIdentity(columns);
    }

    /** One parameter: rows with the key at least. */
    String delete(List<String> key) {
        return "delete from " + shape.target() + " as t using " + recordset(columns(key), "r") + " where "
                + sameKey(key, "r");
    }

    /** One parameter: rows with the key at least. Returns how many of them exist. */
    String count(List<String> key) {
        return "select count(*) from " + shape.target() + " as t, " + recordset(columns(key), "r") + " where "
                + sameKey(key, "r");
    }

    /** One parameter: rows with this column. Returns how many values are not null, having read each as a value of its type. */
    String values(String column) {
        List<Column> columns = columns(List.of(column));
        return "select count(" + join(columns, c -> value(c, "r")) + ") from " + recordset(columns, "r");
    }

    /**
     * One parameter: rows with the key. Returns a number for each, in their order: the same for keys that are equal on
     * the table, by its types and collations.
     */
    String keyNumbers(List<String> key) {
        return "select dense_rank() over (order by " + join(columns(key), Column::quoted) + ") from " + typed(key)
                + " as keys order by keys." + NR;
    }

    /**
     * One parameter: rows with the columns that the mapping needs. Returns for each, in their order, whether it is
     * replicated, and the texts of the columns that are set.
     */
    String evaluate(Mapping mapping) {
        String where = mapping.isFilter() ? "coalesce((" + Jdbc.escaped(mapping.condition()) + "), false)" : "true";
        return "select " + where
                + mapping.set().values().stream()
                        .map(Jdbc::escaped)
                        .map(sql -> ", case when num_nulls((" + sql + ")) = 0 then concat((" + sql + ")) end")
                        .collect(Collectors.joining())
                + ", (select londiste.shape_mark("
                + Jdbc.escaped(quoted(shape.name().quoted())) + "::regclass)) from "
                + typed(mapping.needs()) + " as "
                + TableName.quote(shape.name().name()) + " order by " + NR;
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** One parameter: rows with these columns. A subquery that numbers them and has their values with the table's types and collations. */
    private String typed(List<String> names) {
        List<Column> columns = columns(names);
        return "(select 0::bigint as " + NR + ", "
                + join(columns, Column::quoted) + " from " + shape.target() + " where false union all select r." + NR
                + ", "
                + join(columns, c -> value(c, "r")) + " from rows from (json_to_recordset(?::json) as "
                + record(columns, "") + ") with ordinality as r(" + join(columns, Column::quoted)
                + ", " + NR + "))";
    }

    /**
     * Two parameters, both rows with these columns: updates those that are there and inserts the others, as two parts of a
     * WITH, {@code updated} and {@code inserted}, which return a row for each.
     *
     * @param writing how: of rows that are there and stay as they are, only the spelling of the key is updated
     */
    String upsert(List<String> layout, List<String> key, Writing writing) {
        String update = update(writing == Writing.INSERT_ONLY ? key : layout, key);
        List<Column> columns = withKey(writable(layout), key);
        return "updated as ("
                + (update == null
                        ? "select 1 from " + shape.target() + " as t, " + recordset(columns, "r") + " where "
                                + sameKey(key, "r")
                        : update + " returning 1")
                + "), inserted as (insert into " + shape.name().quoted() + " ("
                + join(writable(layout), Column::quoted) + ") overriding system value select "
                + join(writable(layout), c -> value(c, "r")) + " from " + recordset(columns, "r")
                + " where not exists (select from " + shape.target() + " as t where " + sameKey(key, "r")
                + ") returning 1)";
    }

    /**
     * Two parameters: the table's name, and objects {@code {"o": operation, "k": key, "r": row}} whose keys and rows have
     * these columns; a call without key or row has none. Calls the function for each, in their order.
     *
     * @param function its name as SQL writes it
     */
    String call(String function, List<String> key, List<String> layout) {
        return "select count(*) from (select " + Jdbc.escaped(function) + "(c.call ->> 'o', ?::text, "
                + jsonb(columns(key), "k") + ", "
                + jsonb(writable(layout), "r")
                + ") from json_array_elements(?::json) with ordinality as c(call, nr)" + part(columns(key), "k")
                + part(writable(layout), "r") + " order by c.nr offset 0) as called";
    }

    /** The record as an object, with the values as the table's types have them. */
    private static String jsonb(List<Column> columns, String alias) {
        return columns.isEmpty()
                ? "null::jsonb"
                : "(select to_jsonb(typed) from (select " + join(columns, c -> value(c, alias) + " as " + c.quoted())
                        + ") as typed)";
    }

    private static String part(List<Column> columns, String name) {
        return columns.isEmpty() ? "" : ", json_to_record(c.call -> '" + name + "') as " + record(columns, name);
    }

    private List<Column> writable(List<String> layout) {
        return columns(layout).stream().filter(c -> !c.generated()).toList();
    }

    private List<Column> columns(List<String> names) {
        return names.stream()
                .map(name -> {
                    Column column = shape.column(name);
                    if (column == null) {
                        throw new MissingColumnException(shape.name(), name);
                    }
                    return column;
                })
                .toList();
    }

    private String sameKey(List<String> key, String source) {
        return join(
                columns(key),
                c -> "t." + c.quoted() + " " + Jdbc.escaped(c.equality()) + " " + value(c, source),
                " and ");
    }

    private static String sameIdentity(List<Column> columns) {
        return columns.stream()
                .filter(Column::alwaysIdentity)
                .map(c -> " and t." + c.quoted() + " " + Jdbc.escaped(c.equality()) + " " + value(c, "r"))
                .collect(Collectors.joining());
    }

    private static String assignments(List<Column> columns) {
        return join(columns, c -> c.quoted() + " = " + value(c, "r"));
    }

    private String recordset(List<Column> columns, String alias) {
        return (single ? "json_to_record(?::json -> 0) as " : "json_to_recordset(?::json) as ")
                + record(columns, alias);
    }

    private static String record(List<Column> columns, String alias) {
        return alias + "(" + join(columns, c -> c.quoted() + " " + (c.nativeInJson() ? c.type() : "text")) + ")";
    }

    private static String value(Column column, String source) {
        String value = source + "." + column.quoted();
        return column.nativeInJson() ? value : value + "::" + column.type();
    }

    private static String join(List<Column> columns, Function<Column, String> form) {
        return join(columns, form, ", ");
    }

    private static String join(List<Column> columns, Function<Column, String> form, String separator) {
        return columns.stream().map(form).collect(Collectors.joining(separator));
    }
}
