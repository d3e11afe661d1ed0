package io.londiste.subscriber;

import io.londiste.table.TableName;
import java.util.Locale;

/**
 * Something about a table that is not on the subscriber as it is on the provider.
 *
 * @param name the table
 * @param problem what it is, in one line
 */
public record Difference(TableName name, Severity severity, String problem) {
    /** What a difference does. */
    public enum Severity {
        /** No row gets through. */
        ERROR,
        /** Some rows would stop the table. */
        RISK,
        /** No harm by itself. */
        NOTE;

        /** In lower case. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether the table stops because of this, now or some day. */
    public boolean stops() {
        return severity != Severity.NOTE;
    }

    /** Table and problem. */
    public String text() {
        return name + ": " + problem;
    }
}
