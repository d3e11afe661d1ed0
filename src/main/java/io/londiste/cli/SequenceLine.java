package io.londiste.cli;

import io.londiste.sequence.SubscribedSequence;

/** A line of {@code subscriber seqs}: the values on both sides, and the reason if the sequence is stopped. */
final class SequenceLine {
    private static final String COLUMNS = "%-30s   %20s   %20s   %s";
    static final String TITLE =
            COLUMNS.formatted("Sequence", "Provider", "Subscriber", "").stripTrailing();

    private SequenceLine() {}

    static String of(SubscribedSequence sequence) {
        return COLUMNS.formatted(
                        Listing.line(sequence.name()),
                        value(sequence.providerLastValue(), sequence.providerIsCalled()),
                        value(sequence.lastValue(), sequence.isCalled()),
                        Listing.text(sequence.reason()))
                .stripTrailing();
    }

    private static String value(Long value, Boolean isCalled) {
        return value == null ? "-" : isCalled ? value.toString() : "(" + value + ")";
    }
}
