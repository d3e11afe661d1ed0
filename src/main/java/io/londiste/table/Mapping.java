package io.londiste.table;

import io.londiste.change.Change;
import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.error.LondisteException;
import io.londiste.table.TableShape.Column;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a table of the provider is replicated as on one subscriber: a table of another name, some of its rows and columns, and
 * expressions in place of columns. Declared when the table is added; copy, replay, catch-up and compare obey it.
 *
 * <p>The provider evaluates condition and expressions, whatever they are needed for: its types, functions and
 * collations decide, and those of the subscriber may be others. Immutable.
 *
 * @param from the provider's table; null: that of the same name
 * @param where only rows for which this SQL condition is true; null: all rows
 * @param columns only these columns; empty: all
 * @param set SQL expressions that replace columns, by column
 * @param needs the provider's columns that condition and expressions use
 * @param operations only changes by these
 * @param shard only rows of this one; null: all
 * @param shardCondition the SQL condition for its rows; null: none
 * @param function the subscriber's function to which changes are handed, as SQL writes it; null: they are written
 * @param partitioning the partitions that it has on the subscriber; null: those that are there
 */
public record Mapping(
        TableName from,
        String where,
        List<String> columns,
        Map<String, String> set,
        List<String> needs,
        Operations operations,
        Shard shard,
        String shardCondition,
        String function,
        Partitioning partitioning) {
    /** A table of the same name with all rows, columns and changes as they are. */
    public static final Mapping NONE =
            new Mapping(null, null, List.of(), Map.of(), List.of(), Operations.ALL, null, null, null, null);

    /** The columns of {@code londiste.subscriber_table} that {@link #read} expects. */
    public static final String COLUMNS =
            "source_table, where_sql, columns, set_columns, set_sql, needs, operations, shard, shard_sql, apply_function,"
                    + " partition_column, partition_period, retention, kept_since";

    public Mapping {
        columns = List.copyOf(columns);
        set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
        needs = List.copyOf(needs);
    }

    /** Reads the {@link #COLUMNS}, of which the first has this number. */
    public static Mapping read(ResultSet row, int first) throws SQLException {
        var names = texts(row, first + 3);
        var expressions = texts(row, first + 4);
        var set = new LinkedHashMap<String, String>();
        for (int i = 0; i < names.size(); i++) {
            set.put(names.get(i), expressions.get(i));
        }
        var from = row.getString(first);
        return new Mapping(
                from == null ? null : TableName.parse(from),
                row.getString(first + 1),
                texts(row, first + 2),
                set,
                texts(row, first + 5),
                Operations.of(texts(row, first + 6)),
                Shard.of(row.getString(first + 7)),
                row.getString(first + 8),
                row.getString(first + 9),
                partitioning(row, first + 10));
    }

    private static Partitioning partitioning(ResultSet row, int first) throws SQLException {
        var column = row.getString(first);
        return column == null
                ? null
                : new Partitioning(
                        column,
                        Partitioning.Period.valueOf(row.getString(first + 1).toUpperCase(Locale.ROOT)),
                        row.getString(first + 2),
                        row.getString(first + 3));
    }

    private static List<String> texts(ResultSet row, int column) throws SQLException {
        var array = row.getArray(column);
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    /**
     * Registers a table that is replicated like this.
     *
     * @param table its name on the subscriber
     */
    public void register(Connection transaction, String queue, TableName table) throws SQLException {
        Jdbc.execute(
                transaction,
                "select londiste.subscriber_add_table(?, ?, ?)",
                queue,
                table.toString(),
                from == null ? null : from.toString());
        if (equals(NONE.from(from))) {
            return;
        }
        Jdbc.execute(
                transaction,
                "select londiste.subscriber_map_table(?, ?, ?, ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?, ?, ?, ?, ?, ?)",
                queue,
                table.toString(),
                where,
                array(columns),
                array(List.copyOf(set.keySet())),
                array(List.copyOf(set.values())),
                array(needs),
                operations.isAll() ? null : array(operations.names()),
                shard == null ? null : shard.text(),
                shardCondition,
                function,
                partitioning == null ? null : partitioning.column(),
                partitioning == null ? null : partitioning.period().sql(),
                partitioning == null ? null : partitioning.retention());
    }

    private Mapping from(TableName table) {
        return new Mapping(
                table, where, columns, set, needs, operations, shard, shardCondition, function, partitioning);
    }

    private static Object array(List<String> texts) {
        return texts.isEmpty() ? null : texts.toArray(String[]::new);
    }

    /** Whether all rows, columns and changes are replicated as they are, into a table of the same name. */
    public boolean isNone() {
        return equals(NONE);
    }

    /** The provider's table of a subscriber's table that is replicated like this. */
    public TableName source(TableName table) {
        return from == null ? table : from;
    }

    /** Whether there is anything that the provider has to evaluate for a row. */
    public boolean isEvaluated() {
        return isFilter() || !set.isEmpty();
    }

    /** Whether only some rows are replicated. */
    public boolean isFilter() {
        return where != null || shard != null || kept() != null;
    }

    /** The condition for the rows that are not too old; null: all rows. */
    private String kept() {
        return partitioning == null ? null : partitioning.condition();
    }

    /** The SQL condition for the rows that are replicated; null: all rows. */
    public String condition() {
        return Stream.of(where, shardCondition, kept())
                .filter(Objects::nonNull)
                .reduce((one, other) -> "(" + one + ") and (" + other + ")")
                .orElse(null);
    }

    /** In words, which rows are replicated; empty if all are. */
    public String filter() {
        return Stream.of(
                        where == null ? null : "where " + where,
                        shard == null ? null : "shard " + shard.text(),
                        kept() == null ? null : "retention " + partitioning.retention())
                .filter(Objects::nonNull)
                .collect(Collectors.joining("; "));
    }

    /** Whether events need to have the whole row: to evaluate it, or because an UPDATE may have to insert it. */
    public boolean needsWholeRow() {
        return isEvaluated() || function == null && operations.writing(isFilter()) == Change.Writing.INSERT_ONLY;
    }

    /** Whether the column is replicated. */
    public boolean has(String column) {
        return columns.isEmpty() || columns.contains(column);
    }

    /** The columns that the provider's table has to have, because they are declared by name. */
    public List<String> declaredColumns() {
        return Stream.concat(columns.stream(), set.keySet().stream()).distinct().toList();
    }

    /**
     * Fails if the provider's table has not all columns that are declared by name.
     *
     * @throws LondisteException with the columns
     */
    public void requireDeclared(TableShape there) {
        var missing = declaredColumns().stream()
                .filter(column -> there.column(column) == null)
                .toList();
        if (!missing.isEmpty()) {
            throw new LondisteException(lacking(missing));
        }
    }

    /** What is wrong if the provider's table lacks columns that are declared by name. */
    public String lacking(List<String> missing) {
        return "the provider's table has no column " + String.join(", ", missing) + " any more, which is declared ("
                + text() + "): remove the table, and add it again";
    }

    /** What is replicated in place of a column of the provider, as SQL. */
    public String value(Column column) {
        return set.containsKey(column.name()) ? "(" + set.get(column.name()) + ")" : column.quoted();
    }

    /**
     * What to select from on the provider to see the rows as they are replicated, each with its {@code ctid}.
     *
     * @param there the provider's table
     */
    public String rows(TableShape there) {
        if (!isEvaluated() && columns.isEmpty()) {
            return there.target();
        }
        var values = there.columns().stream()
                .filter(column -> has(column.name()))
                .map(column -> value(column) + " as " + column.quoted())
                .collect(Collectors.joining(", "));
        return "(select " + values + ", ctid from " + there.target()
                + (isFilter() ? " where (" + condition() + ")" : "") + ") as "
                + TableName.quote(there.name().name());
    }

    /** In words, in one line; empty if all is replicated as it is. */
    public String text() {
        var parts = new ArrayList<String>();
        if (from != null) {
            parts.add("from " + from);
        }
        if (where != null) {
            parts.add("where " + where);
        }
        if (shard != null) {
            parts.add("shard " + shard.text());
        }
        if (!columns.isEmpty()) {
            parts.add("columns " + String.join(", ", columns));
        }
        set.forEach((column, expression) -> parts.add("set " + column + " = " + expression));
        if (!operations.isAll()) {
            parts.add("ops " + operations.text());
        }
        if (function != null) {
            parts.add("apply-fn " + function);
        }
        if (partitioning != null) {
            parts.add("partition-by " + partitioning.text());
        }
        return String.join("; ", parts).replaceAll("\\s*\\R\\s*", " ");
    }
}
