package io.londiste.subscriber;

import io.londiste.definition.Creation;
import io.londiste.error.LondisteException;

/**
 * How tables are added to the subscriber.
 *
 * @param force add a table even if it differs from the provider's, or is not registered there
 * @param expectSync the table has the provider's rows already: it is not copied, and its triggers stay
 * @param skipTruncate the copy keeps the existing rows
 * @param denyWrites only the replay may change the table from now on
 * @param creation what is created of a table that is missing on the subscriber
 * @param declaration what the tables are to be replicated as
 */
public record AddOptions(
        boolean force,
        boolean expectSync,
        boolean skipTruncate,
        boolean denyWrites,
        Creation creation,
        Declaration declaration) {
    /** A copy into the truncated table, without force. */
    public static final AddOptions NONE = new AddOptions(false, false, false, false, Creation.NONE, Declaration.NONE);

    public AddOptions {
        if (expectSync && skipTruncate) {
            throw new LondisteException("--expect-sync makes no copy, so --skip-truncate cannot go with it");
        }
        if (expectSync && creation != Creation.NONE) {
            throw new LondisteException("--expect-sync needs the rows of the tables, so --create cannot go with it");
        }
    }
}
