package io.londiste.replay;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The combinations of statements that were run recently. One that comes again is worth being sent in one round trip: the
 * driver and the server keep what they have prepared for it. Statements of a combination that is never the same again
 * would be planned each time, which costs more than round trips to a server nearby. Safe for use by several threads.
 */
final class KnownStatements {
    private static final int MOST = 128;

    /** A round trip that takes this long costs more than planning statements which may not come again. */
    private static final Duration FAR = Duration.ofMillis(10);

    private volatile boolean far;

    private final Map<String, Boolean> recent = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    };

    /** Takes note of how long the last round trip to the server took. */
    void roundTripTook(Duration time) {
        far = time.compareTo(FAR) >= 0;
    }

    /** Whether to send the combination in one round trip: it was run recently, or the server is far. It is known from now on. */
    synchronized boolean areWorthOneRoundTrip(String statements) {
        return recent.put(statements, true) != null || far;
    }
}
