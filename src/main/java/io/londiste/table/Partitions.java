package io.londiste.table;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The subscriber's partitions of tables for which {@link Partitioning} is declared. */
public final class Partitions {
    private static final String MAKE = "select londiste.make_partitions(?, ?, ?)";

    private Partitions() {}

    /**
     * Makes the partitions that rows need.
     *
     * @param table the subscriber's table
     * @param values the texts of the column's values, or null
     */
    public static void make(Connection transaction, String queue, TableName table, Collection<String> values)
            throws SQLException {
        Jdbc.execute(transaction, MAKE, queue, table.toString(), values.toArray(String[]::new));
    }

    /**
     * Makes the partitions for the rows of the provider's table that are replicated, if partitions are declared.
     *
     * @param provider sees the rows
     * @param there the provider's table
     * @param table the subscriber's table
     */
    public static void makeAll(
            Connection provider,
            TableShape there,
            Connection transaction,
            String queue,
            TableName table,
            Mapping mapping)
            throws SQLException {
        Partitioning partitioning = mapping.partitioning();
        if (partitioning == null) {
            return;
        }
        List<String> values = new ArrayList<>();
        Jdbc.list(provider, ends(there, mapping), row -> values.add(row.getString(1)) && values.add(row.getString(2)));
        make(transaction, queue, table, values);
    }

    /** A query for the first and the last value of each period. */
    private static String ends(TableShape there, Mapping mapping) {
        TableShape.Column column = there.column(mapping.partitioning().column());
        String name = column.quoted();
        String time = column.type().endsWith("with time zone") ? "(" + name + " at time zone 'UTC')" : name;
        return "select min(" + name + ")::text, max(" + name + ")::text from " + there.target()
                + (mapping.condition() == null ? "" : " where (" + mapping.condition() + ")")
                + " group by date_trunc('" + mapping.partitioning().period().sql() + "', " + time + ")";
    }
}
