package io.londiste;

import java.time.Duration;

/**
 * How long the ticker rests between two looks at the queues: a moment while there is something to tick, and longer and
 * longer when there is not. So changes wait for milliseconds, and idle queues cost next to nothing. Used by one thread.
 */
public final class TickerPace {
    private static final Duration SHORTEST = Duration.ofMillis(4);

    /** It rests so much longer than it looks, whatever comes: servers that are slow to commit are not kept busy by ticks. */
    private static final int SHARE = 2;

    private final Duration longest;
    private Duration rest = SHORTEST;
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
        rest = ticked > 0 ? longer(SHORTEST, look.multipliedBy(SHARE)) : rest.multipliedBy(2);
        rest = rest.compareTo(longest) < 0 ? rest : longest;
        rested = System.nanoTime();
        return rest.toMillis();
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
