package io.londiste.ticker;

import java.time.Duration;

/**
 * How long the ticker waits between two checks of the queues: a few milliseconds while queues have events and for a short
 * time after, then longer with each check. So changes wait for milliseconds only, and idle queues cost almost nothing.
 * The first change after a quiet period waits for at most 0.1 s plus 1% of that period. Used by one thread.
 */
public final class TickerPace {
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
    private Duration rest = SHORTEST;
    private int idle;
    private long rested = System.nanoTime();

    /** @param longest the longest wait, for queues that have been idle for some time */
    public TickerPace(Duration longest) {
        this.longest = longest;
    }

    /**
     * Returns how long to wait now, in milliseconds. To be called right after a check: the time since the previous wait is
     * taken as the time of the check.
     *
     * @param ticked the number of queues that got a tick in this check
     */
    public long rest(long ticked) {
        var check = Duration.ofNanos(System.nanoTime() - rested).minus(rest);
        idle = ticked > 0 ? 0 : idle + 1;
        if (idle == 0) {
            rest = min(BUSY, max(SHORTEST, check.multipliedBy(CHECK_MULTIPLE)));
        } else {
            rest = idle <= IDLE_CHECKS ? SHORTEST : longer();
        }
        rest = min(rest, longest);
        rested = System.nanoTime();
        return rest.toMillis();
    }

    private Duration longer() {
        return rest.compareTo(QUIET) < 0 ? min(rest.multipliedBy(2), QUIET) : rest.plus(rest.dividedBy(GROWTH_DIVISOR));
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
