package io.londiste.table;

import io.londiste.change.TableName;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A table's columns as the subscriber's catalog has them.
 *
 * @param name the table
 * @param columns in their order
 * @param key the primary key's columns in the key's order; empty if it has none
 * @param parent whether rows of it may be in others: its partitions, or tables that inherit from it
 * @param mark {@code londiste.shape_mark()} from before the rest was read: if it is another one now, the table was altered
 */
public record TableShape(TableName name, List<Column> columns, List<String> key, boolean parent, long mark) {
    /**
     * Types that PostgreSQL reads from JSON exactly as by their own input function. Among them are those to which it
     * casts text by other means than their input function.
     */
    private static final Set<String> NATIVE = Set.of(
            "smallint",
            "integer",
            "bigint",
            "boolean",
            "text",
            "numeric",
            "real",
            "double precision",
            "uuid",
            "date",
            "character",
            "character varying",
            "\"char\"",
            "name",
            "regclass",
            "xml",
            "timestamp without time zone",
            "timestamp with time zone");

    /** Types whose equal values have one text, whatever the settings of the session that wrote it. */
    private static final Set<String> ONE_TEXT =
            Set.of("smallint", "integer", "bigint", "text", "character varying", "uuid");

    private static final Pattern MODIFIER = Pattern.compile("\\([^)]*\\)");

    /**
     * A column.
     *
     * @param type as SQL writes it
     * @param generated whether the server computes it, so that it is never written
     * @param alwaysIdentity whether UPDATE may not set it
     * @param equality the operator by which an index finds the type's values, as SQL writes it
     * @param bytewise false if its collation treats different texts as equal
     */
    public record Column(
            String name, String type, boolean generated, boolean alwaysIdentity, String equality, boolean bytewise) {
        /** A column with a collation that tells different texts apart. */
        public Column(String name, String type, boolean generated, boolean alwaysIdentity, String equality) {
            this(name, type, generated, alwaysIdentity, equality, true);
        }

        /** The column's name, in double quotes, for use in SQL. */
        public String quoted() {
            return TableName.quote(name);
        }

        /** Whether the type is read from JSON directly; the others are read as text and cast. */
        public boolean nativeInJson() {
            return NATIVE.contains(plainType());
        }

        /** Whether two values are equal only if they have the same text: not those of {@code numeric}, 1 and 1.0. */
        public boolean hasOneTextPerValue() {
            return bytewise && ONE_TEXT.contains(plainType());
        }

        /** The type without its length or precision. */
        public String plainType() {
            return MODIFIER.matcher(type).replaceAll("");
        }
    }

    /** The column of that name; null if there is none. */
    public Column column(String column) {
        for (Column c : columns) {
            if (c.name.equals(column)) {
                return c;
            }
        }
        return null;
    }

    /** Whether there are columns that UPDATE may not set although they are not computed. */
    public boolean hasAlwaysIdentity() {
        return columns.stream().anyMatch(Column::alwaysIdentity);
    }

    /**
     * This shape while {@code GENERATED ALWAYS AS IDENTITY} is {@code BY DEFAULT}, so that UPDATE may set all columns.
     */
    public TableShape settable() {
        return new TableShape(
                name,
                columns.stream()
                        .map(c -> new Column(c.name, c.type, c.generated, false, c.equality, c.bytewise))
                        .toList(),
                key,
                parent,
                mark);
    }

    /** This shape with another key, by which rows are identified as well. */
    public TableShape identifiedBy(List<String> columns) {
        return new TableShape(name, this.columns, columns, parent, mark);
    }

    /** {@code ONLY table}, or the table itself where rows may be in others. */
    public String target() {
        return parent ? name.quoted() : "only " + name.quoted();
    }
}
