package io.londiste.compare;

/** Values in SQL that people may read and run line by line. */
final class SqlText {
    private SqlText() {}

    /** The literal for a value's text, in one line whatever the value; NULL for null. */
    static String literal(String value) {
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
