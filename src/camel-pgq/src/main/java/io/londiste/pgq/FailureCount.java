package io.londiste.pgq;

/** How often a consumer has failed in a row, and how long it waits before it tries again. Safe for use by several threads. */
final class FailureCount {
    /** More doublings than any delay allows. */
    private static final int MAX_DOUBLINGS = 20;

    private volatile long count;
    private volatile Throwable last;

    /** @param cause null if it is not known */
    synchronized void add(Throwable cause) {
        last = cause;
        count++;
    }

    synchronized void reset() {
        last = null;
        count = 0;
    }

    long count() {
        return count;
    }

    /** The cause of the last failure; null if there is none or it is not known. */
    Throwable last() {
        return last;
    }

    /**
     * The delay before the next attempt, in milliseconds: 0 without a failure, {@code first}, but at least 1, after one, and after each
     * further one twice as long, but no longer than the greater of {@code first} and {@code maximum}.
     */
    long delay(long first, long maximum) {
        long failures = count;
        return failures == 0
                ? 0
                : Math.min(Math.max(1, first) << Math.min(failures - 1, MAX_DOUBLINGS), Math.max(first, maximum));
    }
}
