package io.londiste.subscriber;

import io.londiste.change.TableName;
import io.londiste.table.Operations;
import io.londiste.table.Partitioning;
import io.londiste.table.Selection;
import io.londiste.table.Shard;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an operator wants tables to be replicated as.
 *
 * @param destination the subscriber's table; null: that of the same name
 * @param where only rows for which this SQL condition over the provider's columns is true; null: all rows
 * @param columns only these columns; empty: all
 * @param set SQL expressions over the provider's columns that replace columns, by column
 * @param operations only changes by these
 * @param shard only rows of this one; null: all
 * @param function the subscriber's function to which changes are handed, as SQL writes it; null: they are written
 * @param partitioning the partitions that it has on the subscriber; null: those that are there
 */
public record Declaration(
        TableName destination,
        String where,
        List<String> columns,
        Map<String, String> set,
        Operations operations,
        Shard shard,
        String function,
        Partitioning partitioning) {
    /** A table of the same name with all rows, columns and changes as they are. */
    public static final Declaration NONE = new Declaration(null, null, List.of(), Map.of());

    /** One with all changes and shards, which are written to the table as it is. */
    public Declaration(TableName destination, String where, List<String> columns, Map<String, String> set) {
        this(destination, where, columns, set, Operations.ALL, null, null, null);
    }

    /**
     * Reads the names of columns, which are in double quotes if they contain commas or blanks.
     *
     * @param destination the written name of a table; null: that of the same name
     * @param columns names with commas or blanks between them; null: all
     * @param operations names with commas or blanks between them; null: all
     * @param shard see {@link Shard#of}
     * @param partitionBy see {@link Partitioning#of}
     * @param retention see {@link Partitioning#of}
     */
    public static Declaration of(
            String destination,
            String where,
            String columns,
            Map<String, String> set,
            String operations,
            String shard,
            String function,
            String partitionBy,
            String retention) {
        var unquoted = new LinkedHashMap<String, String>();
        set.forEach((column, expression) -> unquoted.put(Selection.unquoted(column.strip()), expression));
        return new Declaration(
                destination == null ? null : Selection.name(destination),
                where,
                Selection.split(columns).stream()
                        .map(Selection::unquoted)
                        .distinct()
                        .toList(),
                unquoted,
                Operations.of(Selection.split(operations)),
                Shard.of(shard),
                function,
                Partitioning.of(partitionBy, retention));
    }

    /** Whether all rows, columns and changes are to be replicated as they are, into a table of the same name. */
    boolean isNone() {
        return equals(NONE);
    }
}
