package io.londiste.compare;

import io.londiste.table.TableName;
import java.util.List;

/**
 * How the two sides of a table compare.
 *
 * @param table which one
 * @param outcome what came out
 * @param providerRows rows on the provider; null if that was not found out
 * @param subscriberRows rows on the subscriber; null if that was not found out
 * @param missing rows that only the provider has; null if it was not looked at
 * @param extra rows that only the subscriber has; null if it was not looked at
 * @param different rows with the same key that differ; null if it was not looked at
 * @param onlyOnProvider columns that were left out because the subscriber does not have them
 * @param onlyOnSubscriber columns that were left out because the provider does not have them
 * @param problem why it could not be told; null if it could
 */
public record Comparison(
        TableName table,
        Outcome outcome,
        Long providerRows,
        Long subscriberRows,
        Long missing,
        Long extra,
        Long different,
        List<String> onlyOnProvider,
        List<String> onlyOnSubscriber,
        String problem) {
    /** What can come out. */
    public enum Outcome {
        EQUAL,
        DIFFERENT,
        /** It could not be told. */
        UNKNOWN
    }

    static Comparison unknown(TableName table, String problem) {
        return new Comparison(table, Outcome.UNKNOWN, null, null, null, null, null, List.of(), List.of(), problem);
    }
}
