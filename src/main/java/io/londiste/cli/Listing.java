package io.londiste.cli;

import io.londiste.app.Json;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Prints lists of records: as JSON, or in Londiste 2's columns. */
final class Listing {
    private static final int NARROWEST = 15;

    /** Characters that would break a line or change how it is displayed. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]");

    private Listing() {}

    static void json(PrintStream out, List<? extends Record> rows) {
        Json.print(out, rows);
    }

    /**
     * Prints one table of columns for each value of the first field. The title is that value followed by {@code things}.
     * The last column is left out where it has no value.
     *
     * @param things the noun for what is listed, in the plural
     */
    static void columns(PrintStream out, String things, List<? extends Record> rows) {
        var groups = new LinkedHashMap<String, List<List<String>>>();
        for (var row : rows) {
            var fields = Json.fields(row);
            var values = fields.values().stream().map(Listing::line).toList();
            groups.computeIfAbsent(values.get(0), kind -> headings(fields)).add(withoutFirst(values));
        }
        groups.forEach((kind, lines) -> {
            out.println(kind + " " + things);
            boolean reasons = lines.stream().skip(2).anyMatch(line -> !line.get(line.size() - 1)
                    .isEmpty());
            print(
                    out,
                    reasons
                            ? lines
                            : lines.stream()
                                    .map(line -> line.subList(0, line.size() - 1))
                                    .toList());
            out.println();
        });
    }

    private static List<List<String>> headings(Map<String, Object> fields) {
        var names = withoutFirst(List.copyOf(fields.keySet()));
        return new ArrayList<>(List.of(names, Collections.nCopies(names.size(), "-".repeat(NARROWEST))));
    }

    private static List<String> withoutFirst(List<String> values) {
        return values.subList(1, values.size());
    }

    private static void print(PrintStream out, List<List<String>> lines) {
        var format = new StringBuilder();
        for (int i = 0; i < lines.get(0).size() - 1; i++) {
            int column = i;
            int longest = lines.stream()
                    .mapToInt(line -> line.get(column).length())
                    .max()
                    .orElse(0);
            format.append("%-").append(longest + 2).append("s");
        }
        format.append("%s");
        lines.forEach(line -> out.println(format.toString().formatted(line.toArray())));
    }

    /** The value in one line, with control characters escaped, a line feed as {@code \n} for example; empty for null. */
    static String line(Object value) {
        return value == null ? "" : CONTROL.matcher(value.toString()).replaceAll(found -> escaped(found.group()));
    }

    private static String escaped(String control) {
        return switch (control) {
            case "\n" -> "\\\\n";
            case "\r" -> "\\\\r";
            case "\t" -> "\\\\t";
            default -> "\\\\u%04x".formatted((int) control.charAt(0));
        };
    }

    /** A message in one line, line breaks replaced by blanks; empty for null. */
    static String text(Object value) {
        return value == null ? "" : value.toString().strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
