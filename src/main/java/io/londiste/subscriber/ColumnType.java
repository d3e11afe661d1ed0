package io.londiste.subscriber;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A column's type in SQL notation. */
record ColumnType(String written) {
    private static final Pattern MODIFIER = Pattern.compile("\\([^)]*\\)");
    private static final List<String> INTEGERS = List.of("smallint", "integer", "bigint", "numeric");
    private static final List<String> FLOATS = List.of("real", "double precision");
    private static final Set<String> TEXTS = Set.of("text", "character varying", "character");

    private static final Pattern VARYING = Pattern.compile("character varying\\((\\d+)\\)");

    /** Whether every value of this type is a value of the other, as far as this can be derived from their names. */
    boolean fits(ColumnType other) {
        var shorter = VARYING.matcher(written);
        var longer = VARYING.matcher(other.written);
        if (shorter.matches() && longer.matches()) {
            return Integer.parseInt(shorter.group(1)) <= Integer.parseInt(longer.group(1));
        }
        if (MODIFIER.matcher(other.written).find()) {
            return false;
        }
        var from = MODIFIER.matcher(written).replaceAll("");
        var to = other.written;
        return from.equals(to)
                || widens(INTEGERS, from, to)
                || widens(FLOATS, from, to)
                || TEXTS.contains(from) && TEXTS.contains(to);
    }

    /** Whether PostgreSQL changes values that are none of the other type to fit it, and reports no error. */
    boolean mayChange(ColumnType other) {
        var from = MODIFIER.matcher(written).replaceAll("");
        var to = MODIFIER.matcher(other.written).replaceAll("");
        boolean rejects = INTEGERS.indexOf(to) >= 0
                        && INTEGERS.indexOf(to) < INTEGERS.indexOf("numeric")
                        && INTEGERS.contains(from)
                || to.equals("character varying") && TEXTS.contains(from);
        return !equals(other) && !fits(other) && !rejects;
    }

    private static boolean widens(List<String> narrowFirst, String from, String to) {
        return narrowFirst.contains(from) && narrowFirst.indexOf(from) < narrowFirst.indexOf(to);
    }

    @Override
    public String toString() {
        return written;
    }
}
