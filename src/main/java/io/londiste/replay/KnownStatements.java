package io.londiste.replay;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The combinations of statements that were run recently. One that comes again is worth being sent in one round trip: the
 * driver and the server keep what they have prepared for it. Statements of a combination that is never the same again
 * would be planned each time, which costs more than round trips to a server nearby. Safe for use by several threads.
 */
final class KnownStatements {
    private static final int MOST = 128;

    private final Map<String, Boolean> recent = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    };

    /** Whether the combination was run recently. It is known from now on. */
    synchronized boolean isKnown(String statements) {
        return recent.put(statements, true) != null;
    }
}
