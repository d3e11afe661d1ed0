package io.londiste.digest;

/** Values in SQL that people may read and run line by line. */
public final class SqlLiteral {
    private SqlLiteral() {}

    /** The literal for a value's text, in one line whatever the value; NULL for null. */
    public static String of(String value) {
        if (value == null) {
            return "NULL";
        }
        var quoted = value.replace("'", "''");
        boolean plain = value.chars().noneMatch(c -> c == '\\' || c == '\n' || c == '\r');
        return plain
                ? "'" + quoted + "'"
                : "E'" + quoted.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r") + "'";
    }
}
