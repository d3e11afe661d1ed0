package io.londiste.console;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Slows down password guessing: after five failed logins in a row, an address has to wait before the next attempt, twice
 * as long after each further failure, up to a minute. Other addresses are not affected.
 */
final class LoginThrottle extends HttpFilter {
    private static final int FREE_FAILURES = 5;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final int MAX_ADDRESSES = 1_000;
    private static final int TOO_MANY_REQUESTS = 429;

    private final transient LongSupplier nanos;
    private final transient Map<String, Failures> failures = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    /** The number of failures in a row, and the earliest time of the next attempt, in {@link System#nanoTime}. */
    private record Failures(int count, long until) {}

    LoginThrottle() {
        this(System::nanoTime);
    }

    LoginThrottle(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Whether a request contains credentials. */
    static boolean hasCredentials(HttpServletRequest request) {
        return request.getHeader("Authorization") != null || request.getHeader("X-Jolokia-Authorization") != null;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean attempt = hasCredentials(request)
                || request.getMethod().equals("POST")
                        && request.getServletPath().equals("/auth/login");
        if (!attempt) {
            chain.doFilter(request, response);
            return;
        }
        var address = request.getRemoteAddr();
        long wait = attempt(address);
        if (wait > 0) {
            request.setAttribute(RefusalLog.REASON, "too many failed logins");
            response.setStatus(TOO_MANY_REQUESTS);
            response.setHeader("Retry-After", Long.toString(wait));
            return;
        }
        chain.doFilter(request, response);
        if (response.getStatus() == HttpServletResponse.SC_OK) {
            succeeded(address);
        }
    }

    /**
     * Begins an attempt. It counts as a failure until it has succeeded, so that parallel attempts do not evade the limit.
     *
     * @return the seconds to wait before the attempt; 0 if it is allowed now
     */
    synchronized long attempt(String address) {
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

    synchronized void succeeded(String address) {
        failures.remove(address);
    }
}
