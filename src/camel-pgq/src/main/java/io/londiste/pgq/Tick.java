package io.londiste.pgq;

import java.time.Duration;
import java.time.OffsetDateTime;

/**
 * A point in a queue. Everything that was committed before it is in the batches up to it.
 *
 * @param id increases with time
 * @param time when the tick was created, by the server's clock
 * @param eventSeq approximate number of events that the queue had received; for estimates only
 */
public record Tick(long id, OffsetDateTime time, long eventSeq) {
    /**
     * Identifies the tick beyond its number, which another tick can have as well: one that was made after a fail-over to a
     * server that lacked this one. Begins with {@link #id} and a blank.
     */
    public String mark() {
        return id + " of " + time.toInstant() + " at event " + eventSeq;
    }

    /** The time since the tick, by this machine's clock; zero if that shows an earlier time. */
    public Duration age() {
        var age = Duration.between(time, OffsetDateTime.now());
        return age.isNegative() ? Duration.ZERO : age;
    }

    /** Whether a mark is that of another tick with the same number. */
    public boolean contradicts(String mark) {
        return mark != null && mark.startsWith(id + " ") && !mark.equals(mark());
    }
}
