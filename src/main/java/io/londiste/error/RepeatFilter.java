package io.londiste.error;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps repeated messages of work that is retried from filling the log: each is logged once, and then once a minute. Safe
 * for use by several threads.
 */
public final class RepeatFilter {
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private record Logged(String message, long nanos) {}

    private final Map<String, Logged> last = new ConcurrentHashMap<>();

    /** Whether to log the message now: it is not the last one of this source, or that was logged a minute ago. */
    public boolean isNews(String source, String message) {
        long now = System.nanoTime();
        var before = last.get(source);
        boolean news = before == null || !before.message.equals(message) || now - before.nanos > INTERVAL.toNanos();
        if (news) {
            last.put(source, new Logged(message, now));
        }
        return news;
    }
}
