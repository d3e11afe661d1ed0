package io.londiste.change;

import java.util.regex.Pattern;

/**
 * The name of a table with its schema, exactly as the catalog has it.
 *
 * <p>Its written form is {@code schema.name}; a part is put in double quotes only where it is not a plain lower-case
 * word, so that the form is unambiguous. A name without a schema is one of {@code public}. Unquoted
 * parts are taken as they are written: nothing is folded to lower case.
 */
public record TableName(String schema, String name) implements Comparable<TableName> {
    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_$]*");
    private static final Pattern WRITTEN =
            Pattern.compile("(?:(\"(?:[^\"]|\"\")+\"|[^\".]+)\\.)?(\"(?:[^\"]|\"\")+\"|[^\".]+)");

    public TableName {
        if (schema.isEmpty() || name.isEmpty()) {
            throw new IllegalArgumentException("a table name needs a schema and a name");
        }
    }

    /**
     * Reads the written form.
     *
     * @throws IllegalArgumentException if {@code written} is no table name; the message says which
     */
    public static TableName parse(String written) {
        var matcher = WRITTEN.matcher(written);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a table name: " + written);
        }
        var schema = matcher.group(1);
        return new TableName(schema == null ? "public" : unquote(schema), unquote(matcher.group(2)));
    }

    /** Both parts in double quotes, for use in SQL. */
    public String quoted() {
        return quote(schema) + "." + quote(name);
    }

    /** An identifier in double quotes, for use in SQL. */
    public static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    private static String unquote(String part) {
        return part.startsWith("\"") ? part.substring(1, part.length() - 1).replace("\"\"", "\"") : part;
    }

    private static String written(String part) {
        return PLAIN.matcher(part).matches() ? part : quote(part);
    }

    @Override
    public int compareTo(TableName other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }

    /** The written form. */
    @Override
    public String toString() {
        return written(schema) + "." + written(name);
    }
}
