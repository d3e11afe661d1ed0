package io.londiste.definition;

import io.londiste.error.LondisteException;

/** What of a table is created that is missing on the subscriber. */
public enum Creation {
    /** Nothing: a missing table is an error. */
    NONE,
    /** Its columns and its primary key. */
    PLAIN,
    /** Also its indexes, constraints, partitions, comments and the sequences of its columns. */
    FULL;

    /** @param written {@code plain} or {@code full}; empty or null: {@link #NONE} */
    public static Creation of(String written) {
        return switch (written == null ? "" : written.strip()) {
            case "" -> NONE;
            case "plain" -> PLAIN;
            case "full" -> FULL;
            default -> throw new LondisteException("--create cannot be " + written + "; it is plain or full");
        };
    }
}
