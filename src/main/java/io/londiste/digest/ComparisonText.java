package io.londiste.digest;

import java.util.List;

/** The result of a comparison in one line, for people. */
public final class ComparisonText {
    private ComparisonText() {}

    public static String of(Comparison result) {
        var line = new StringBuilder(result.table() + ": ");
        switch (result.outcome()) {
            case UNKNOWN -> line.append(result.problem().strip().replaceAll("\\s*\\R\\s*", " "));
            case EQUAL -> line.append("equal, ").append(result.providerRows()).append(" rows");
            case DIFFERENT -> {
                line.append("DIFFERENT, %d rows on the provider, %d on the subscriber"
                        .formatted(result.providerRows(), result.subscriberRows()));
                if (result.missing() != null) {
                    line.append(": %d missing, %d extra, %d different"
                            .formatted(result.missing(), result.extra(), result.different()));
                }
            }
        }
        leftOut(line, result.onlyOnProvider(), "provider");
        leftOut(line, result.onlyOnSubscriber(), "subscriber");
        if (!result.expected().isEmpty()) {
            line.append("; ").append(result.expected());
        }
        return line.toString();
    }

    private static void leftOut(StringBuilder line, List<String> columns, String side) {
        if (!columns.isEmpty()) {
            line.append("; left out, only on the ").append(side).append(": ").append(String.join(", ", columns));
        }
    }
}
