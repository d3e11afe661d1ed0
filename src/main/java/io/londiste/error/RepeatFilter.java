package io.londiste.error;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps what is said again and again, since work is tried again and again, from filling the log: it is said once, and
 * then once a minute. Safe for use by several threads.
 */
public final class RepeatFilter {
    private static final Duration AGAIN = Duration.ofMinutes(1);

    private record Said(String message, long nanos) {}

    private final Map<String, Said> said = new ConcurrentHashMap<>();

    /** Whether {@code message} is to be said now by {@code speaker}. */
    public boolean isNews(String speaker, String message) {
        long now = System.nanoTime();
        var before = said.get(speaker);
        boolean news = before == null || !before.message.equals(message) || now - before.nanos > AGAIN.toNanos();
        if (news) {
            said.put(speaker, new Said(message, now));
        }
        return news;
    }
}
