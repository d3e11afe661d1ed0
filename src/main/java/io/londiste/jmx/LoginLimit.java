package io.londiste.jmx;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Slows down password guessing: after five failed logins in a row, an address has to wait before the next attempt, twice
 * as long after each further failure, up to a minute. Other addresses are not affected. Safe for use by several threads.
 */
public final class LoginLimit {
    private static final int FREE_FAILURES = 5;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final int MAX_ADDRESSES = 1_000;

    private final LongSupplier nanos;
    private final Map<String, Failures> failures = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    /** The number of failures in a row, and the earliest time of the next attempt, in {@link System#nanoTime}. */
    private record Failures(int count, long until) {}

    public LoginLimit() {
        this(System::nanoTime);
    }

    LoginLimit(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * Begins an attempt. It counts as a failure until it has succeeded, so that parallel attempts do not evade the limit.
     *
     * @return the seconds to wait before the attempt; 0 if it is allowed now
     */
    public synchronized long attempt(String address) {
        long now = nanos.getAsLong();
        var known = failures.getOrDefault(address, new Failures(0, now));
        long left = known.until - now;
        if (left > 0) {
            return Math.max(1, Duration.ofNanos(left).toSeconds());
        }
        int count = known.count + 1;
        var wait = count < FREE_FAILURES
                ? Duration.ZERO
                : Duration.ofSeconds(Math.min(LONGEST_WAIT.toSeconds(), 1L << Math.min(count - FREE_FAILURES, 30)));
        failures.remove(address);
        failures.put(address, new Failures(count, now + wait.toNanos()));
        return 0;
    }

    /** The last attempt of the address has succeeded. */
    public synchronized void succeeded(String address) {
        failures.remove(address);
    }
}
