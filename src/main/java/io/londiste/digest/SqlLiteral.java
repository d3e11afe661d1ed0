package io.londiste.digest;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values and names in SQL that people may read and run line by line. */
public final class SqlLiteral {
    private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"]|\"\")*)\"");

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

    /** The same quoted names in one line, whatever characters they contain; for SQL without literals. */
    public static String names(String sql) {
        return QUOTED.matcher(sql)
                .replaceAll(name -> Matcher.quoteReplacement(
                        name.group().matches("[^\n\r]*") ? name.group() : escaped(name.group(1))));
    }

    private static String escaped(String name) {
        return "U&\"" + name.replace("\\", "\\\\").replace("\n", "\\000A").replace("\r", "\\000D") + "\"";
    }
}
