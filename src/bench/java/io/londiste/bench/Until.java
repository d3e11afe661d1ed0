package io.londiste.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for other processes. */
final class Until {
    private static final long PAUSE_NANOS = 1_000_000;
    private static final long TIMEOUT_NANOS = 600_000_000_000L;

    interface Condition {
        boolean holds() throws Exception;
    }

    private Until() {}

    /** Returns after the given time. */
    static void passed(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        holds(() -> System.nanoTime() >= end);
    }

    /** Returns within about a millisecond after the condition holds; fails if that takes more than ten minutes. */
    static void holds(Condition condition) {
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        try {
            while (!condition.holds()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("it took more than ten minutes");
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
