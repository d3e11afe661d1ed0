package io.londiste.ticker;

import java.time.Duration;

/**
 * How long the ticker rests between two looks at the queues: a moment while there is something to tick and for a while
 * after, then longer and longer. So changes wait for milliseconds, and idle queues cost next to nothing. The first change
 * after a quiet waits for a tenth of a second and a hundredth of that quiet at most. Used by one thread.
 */
public final class TickerPace {
    private static final Duration SHORTEST = Duration.ofMillis(5);

    /** Looks without a tick after which nothing is expected any more. */
    private static final int ALERT = 8;

    /** What is reached by doubling; from there on each rest is a hundredth longer than the one before. */
    private static final Duration QUIET = Duration.ofMillis(100);

    private static final int GROWTH = 100;

    /** It rests so much longer than it looks: servers that are slow to commit are not kept busy by ticks. */
    private static final int SHARE = 2;

    /** The longest rest after a tick, lest one slow look delays many changes. */
    private static final Duration BUSY = Duration.ofMillis(20);

    private final Duration longest;
    private Duration rest = SHORTEST;
    private int idle;
    private long rested = System.nanoTime();

    /** @param longest the rest when nothing has happened for a while */
    public TickerPace(Duration longest) {
        this.longest = longest;
    }

    /**
     * Tells how long to rest now, in milliseconds. What has passed since the last rest was the look.
     *
     * @param ticked how many queues were ticked
     */
    public long rest(long ticked) {
        var look = Duration.ofNanos(System.nanoTime() - rested).minus(rest);
        idle = ticked > 0 ? 0 : idle + 1;
        if (idle == 0) {
            rest = least(BUSY, most(SHORTEST, look.multipliedBy(SHARE)));
        } else {
            rest = idle <= ALERT ? SHORTEST : longer();
        }
        rest = least(rest, longest);
        rested = System.nanoTime();
        return rest.toMillis();
    }

    private Duration longer() {
        return rest.compareTo(QUIET) < 0 ? least(rest.multipliedBy(2), QUIET) : rest.plus(rest.dividedBy(GROWTH));
    }

    private static Duration most(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
