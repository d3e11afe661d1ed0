package io.londiste.digest;

import io.londiste.digest.Comparison.Outcome;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;

/**
 * The last comparison of a table. Numbers that are unknown are null.
 *
 * @param time when the comparison began
 * @param note why the table could not be compared, which columns were left out, and which differences were not counted;
 *     empty if there is nothing to add
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
    public static LastComparison of(Instant time, Comparison found) {
        return new LastComparison(
                time,
                found.outcome(),
                found.providerRows(),
                found.subscriberRows(),
                found.missing(),
                found.extra(),
                found.different(),
                note(found));
    }

    /** The number of rows that are missing, extra or different; null if that is unknown. */
    public Long differentRows() {
        return missing == null || extra == null || different == null ? null : missing + extra + different;
    }

    /** What the comparison found or why it failed, with its time; to be read after the table's name. */
    public String problem() {
        var at = " (compared " + time.truncatedTo(ChronoUnit.SECONDS) + ")";
        var details = note.isEmpty() ? "" : ": " + note;
        return switch (outcome) {
            case EQUAL -> "is equal to the provider's" + at + details;
            case DIFFERENT ->
                "differs from the provider's"
                        + (differentRows() == null
                                ? ""
                                : ", rows missing: " + missing + ", extra: " + extra + ", different: " + different)
                        + at + details;
            case UNKNOWN -> "could not be compared" + at + details;
        };
    }

    /** See {@link #note()}. */
    public static String note(Comparison found) {
        var notes = new ArrayList<String>();
        if (found.problem() != null) {
            notes.add(found.problem());
        }
        if (!found.onlyOnProvider().isEmpty()) {
            notes.add("left out, only on the provider: " + String.join(", ", found.onlyOnProvider()));
        }
        if (!found.onlyOnSubscriber().isEmpty()) {
            notes.add("left out, only on the subscriber: " + String.join(", ", found.onlyOnSubscriber()));
        }
        if (!found.expected().isEmpty()) {
            notes.add(found.expected());
        }
        return String.join("; ", notes);
    }
}
