package io.londiste.digest;

import io.londiste.change.TableName;
import io.londiste.error.LondisteException;
import io.londiste.sync.NotInSyncException;
import java.util.List;

/**
 * The result of comparing a table.
 *
 * @param table the table
 * @param outcome whether it is equal
 * @param providerRows rows on the provider; null if unknown
 * @param subscriberRows rows on the subscriber; null if unknown
 * @param missing rows that only the provider has; null if unknown
 * @param extra rows that only the subscriber has; null if unknown
 * @param different rows with the same key that differ; null if unknown
 * @param onlyOnProvider columns that were not compared because the subscriber does not have them
 * @param onlyOnSubscriber columns that were not compared because the provider does not have them
 * @param expected differences that were not counted, because operations by which they come are not replicated, in words;
 *     empty if there are none
 * @param problem why the table could not be compared; null if it was
 * @param inSync false if that is the reason: it is being copied, for example
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
        String expected,
        String problem,
        boolean inSync) {
    /** Whether the two sides are equal. */
    public enum Outcome {
        EQUAL,
        DIFFERENT,
        /** The table could not be compared. */
        UNKNOWN
    }

    /** The result for a table that could not be compared. */
    public static Comparison unknown(TableName table, LondisteException problem) {
        return new Comparison(
                table,
                Outcome.UNKNOWN,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                List.of(),
                "",
                problem.getMessage(),
                !(problem instanceof NotInSyncException));
    }
}
