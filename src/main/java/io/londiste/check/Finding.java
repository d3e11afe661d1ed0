package io.londiste.check;

import java.util.Locale;

/**
 * What a check has found.
 *
 * @param side the database: {@code provider}, {@code subscriber} or, for a ticker, {@code database}
 * @param topic what was checked, in one word
 * @param text one line; what to do about it, unless it is fine
 */
public record Finding(String side, String topic, Level level, String text) {
    /** How bad it is. */
    public enum Level {
        /** It is as it should be. */
        OK,
        /** It works, but may fail or do harm in some situation. */
        WARNING,
        /** Something does not work. */
        PROBLEM;

        /** The name in lower case. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
