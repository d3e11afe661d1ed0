package io.londiste.ticker;

import java.time.Duration;

/**
 * How long the ticker waits between two checks of the queues: a few milliseconds while queues have events and for a short
 * time after, then longer with each check. So changes wait for milliseconds only, and idle queues cost almost nothing.
 * Without notifications, the first change after a quiet period waits for at most 0.1 s plus 1% of that period. Used by
 * one thread.
 */
final class TickerPace {
    private static final Duration SHORTEST = Duration.ofMillis(5);

    /** The number of checks without a tick after which the waits get longer. */
    private static final int IDLE_CHECKS = 8;

    /** Waits are doubled until they reach this; from then on each is 1% longer than the one before. */
    private static final Duration QUIET = Duration.ofMillis(100);

    private static final int GROWTH_DIVISOR = 100;

    /** After a tick, the wait is a multiple of the time of the check, so that ticks do not keep a slow server busy. */
    private static final int CHECK_MULTIPLE = 2;

    /** The longest wait after a tick, so that one slow check does not delay many changes. */
    private static final Duration BUSY = Duration.ofMillis(20);

    private final Duration longest;
    private final boolean woken;
    private Duration rest = SHORTEST;
    private int idle;

    /**
     * @param longest the longest wait, for queues that have been idle for some time
     * @param woken whether a change ends the wait, which may then be long sooner
     */
    TickerPace(Duration longest, boolean woken) {
        this.longest = longest;
        this.woken = woken;
    }

    /**
     * Returns how long to wait now, in milliseconds. To be called right after a check.
     *
     * @param ticked the number of queues that got a tick in this check
     * @param check the time of the check
     */
    long rest(long ticked, Duration check) {
        idle = ticked > 0 ? 0 : idle + 1;
        if (idle == 0) {
            rest = min(BUSY, max(SHORTEST, check.multipliedBy(CHECK_MULTIPLE)));
        } else {
            rest = idle <= IDLE_CHECKS ? SHORTEST : longer();
        }
        rest = min(rest, longest);
        return rest.toMillis();
    }

    /** Whether the queues have been quiet for so long that the waits get longer. */
    boolean isQuiet() {
        return idle > IDLE_CHECKS;
    }

    private Duration longer() {
        if (woken) {
            return rest.multipliedBy(2);
        }
        return rest.compareTo(QUIET) < 0 ? min(rest.multipliedBy(2), QUIET) : rest.plus(rest.dividedBy(GROWTH_DIVISOR));
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
