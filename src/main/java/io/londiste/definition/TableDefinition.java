package io.londiste.definition;

import io.londiste.change.TableName;
import java.util.List;

/**
 * The definition of a table of the provider. Expressions and types are SQL in which all names have their schemas, except those
 * of {@code pg_catalog}. Comments are SQL literals, or null.
 *
 * @param partitionKey how it is partitioned; null: it is not
 * @param partitions all below it, each after its parent
 * @param sequences those that belong to its columns and are no identities
 */
record TableDefinition(
        TableName name,
        String partitionKey,
        String comment,
        List<Column> columns,
        List<Part> partitions,
        List<Constraint> constraints,
        List<Index> indexes,
        List<Sequence> sequences) {
    /**
     * A column.
     *
     * @param collation null: that of the type
     * @param generated {@code s} stored, {@code v} virtual, empty: it is not
     * @param identity {@code a} always, {@code d} by default, empty: it is none
     * @param expression its default or how it is generated; null if it has neither
     * @param uses the columns that it is generated from
     * @param sequence the options of the identity's sequence
     */
    record Column(
            String name,
            String type,
            String collation,
            boolean notNull,
            String generated,
            String identity,
            String expression,
            List<String> uses,
            String sequence,
            String comment) {
        boolean isGenerated() {
            return !generated.isEmpty();
        }
    }

    /**
     * A partition, at any depth.
     *
     * @param bound its FOR VALUES, or DEFAULT; null: it is a foreign table
     * @param partitionKey see {@link TableDefinition}
     */
    record Part(TableName name, TableName parent, String bound, String partitionKey, String comment) {}

    /**
     * A constraint of the table, or one of a partition that its parent does not have.
     *
     * @param kind as in {@code pg_constraint.contype}
     * @param columns the columns of the table that it uses
     * @param valid whether all rows satisfy it
     * @param references the table that a foreign key references; otherwise null
     */
    record Constraint(
            TableName table,
            String name,
            char kind,
            String definition,
            List<String> columns,
            boolean valid,
            TableName references,
            String comment) {
        boolean isForeignKey() {
            return kind == 'f';
        }
    }

    /**
     * An index that no constraint has, of the table, or one of a partition that its parent does not have.
     *
     * @param method what follows USING
     * @param columns the columns of the table that it uses
     */
    record Index(TableName table, String name, boolean unique, String method, List<String> columns, String comment) {}

    /** A sequence that belongs to a column. */
    record Sequence(TableName name, String type, String options, String column) {}
}
