package io.londiste.subscriber;

import io.londiste.change.TableName;
import java.util.Locale;

/**
 * A difference between a table on the subscriber and on the provider, or another obstacle to its replication.
 *
 * @param name the table
 * @param problem the difference, in one line
 */
public record Difference(TableName name, Severity severity, String problem) {
    /** The effect of a difference. */
    public enum Severity {
        /** Rows cannot be replicated, or would become others. */
        ERROR,
        /** Some rows may stop the table, or differ from the provider's. */
        RISK,
        /** Harmless by itself. */
        NOTE;

        /** The name in lower case. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether the difference stops the table, or may stop it or change its rows later. */
    public boolean stops() {
        return severity != Severity.NOTE;
    }

    /** Table and problem. */
    public String text() {
        return name + ": " + problem;
    }
}
