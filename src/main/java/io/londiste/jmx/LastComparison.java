package io.londiste.jmx;

import io.londiste.compare.Comparison;
import io.londiste.compare.Comparison.Outcome;
import java.time.Instant;

/**
 * How a table compared when that was last looked at.
 *
 * @param time when the comparison began
 * @param note as in {@link TableResult}
 */
public record LastComparison(
        Instant time,
        Outcome outcome,
        Long providerRows,
        Long subscriberRows,
        Long missing,
        Long extra,
        Long different,
        String note) {
    static LastComparison of(Instant time, Comparison found) {
        return new LastComparison(
                time,
                found.outcome(),
                found.providerRows(),
                found.subscriberRows(),
                found.missing(),
                found.extra(),
                found.different(),
                TableResult.note(found));
    }
}
