package io.londiste.queue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Failed events of a consumer: all of them, or some by their numbers.
 *
 * @param ids empty if all are selected
 */
public record EventSelection(boolean all, Set<Long> ids) {
    /** All events. */
    public static final EventSelection ALL = new EventSelection(true, Set.of());

    /** Some events by number; each counts once. */
    public static EventSelection of(List<Long> ids) {
        return new EventSelection(false, new TreeSet<>(ids));
    }
}
