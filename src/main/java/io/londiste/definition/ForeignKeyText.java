package io.londiste.definition;

import io.londiste.change.TableName;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of a foreign key, as {@code pg_get_constraintdef} writes it. */
final class ForeignKeyText {
    /** The columns, the referenced table and the rest; a name in double quotes may contain anything. */
    private static final Pattern TEXT = Pattern.compile(
            "(?s)(FOREIGN KEY \\((?:[^\"()]|\"(?:[^\"]|\"\")*\")*\\) REFERENCES )(?:[^\"(]|\"(?:[^\"]|\"\")*\")+(\\(.*)");

    private ForeignKeyText() {}

    /** The same foreign key to another table. */
    static String to(TableName table, String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalStateException("not a foreign key: " + text);
        }
        return parts.group(1) + table.quoted() + parts.group(2);
    }
}
