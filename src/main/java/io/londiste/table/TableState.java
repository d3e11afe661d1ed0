package io.londiste.table;

import java.util.Locale;
import java.util.Objects;

/**
 * The state of a table on the subscriber, as it is stored in {@code londiste.subscriber_table.merge_state}: {@code NEW
 * → in-copy → catching-up → wanna-sync:T → do-sync:T → ok}. {@link TableLife} has the transitions.
 *
 * @param phase the step
 * @param tick the tick of {@code wanna-sync} and {@code do-sync}; 0 for the others
 */
public record TableState(Phase phase, long tick) {
    /** The steps, in their order. */
    public enum Phase {
        /** Added or to be synced again; not yet started. Stored as NULL. */
        NEW,
        /** The copy runs. */
        IN_COPY,
        /** Copied as of a tick; later batches are applied to this table alone. */
        CATCHING_UP,
        /** The catch-up has reached the tick and waits there to hand the table over. */
        WANNA_SYNC,
        /** The replay is at the tick and waits there for the catch-up. */
        DO_SYNC,
        /** In sync: the replay owns the table. */
        OK;

        private String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public static final TableState NEW = new TableState(Phase.NEW, 0);
    public static final TableState IN_COPY = new TableState(Phase.IN_COPY, 0);
    public static final TableState CATCHING_UP = new TableState(Phase.CATCHING_UP, 0);
    public static final TableState OK = new TableState(Phase.OK, 0);

    public TableState {
        Objects.requireNonNull(phase);
    }

    public static TableState wannaSync(long tick) {
        return new TableState(Phase.WANNA_SYNC, tick);
    }

    public static TableState doSync(long tick) {
        return new TableState(Phase.DO_SYNC, tick);
    }

    /**
     * Reads the stored form.
     *
     * @param mergeState null for {@link Phase#NEW}
     * @throws IllegalArgumentException if there is no such state
     */
    public static TableState parse(String mergeState) {
        if (mergeState == null) {
            return NEW;
        }
        int colon = mergeState.indexOf(':');
        String word = colon < 0 ? mergeState : mergeState.substring(0, colon);
        for (Phase phase : Phase.values()) {
            if (phase != Phase.NEW && phase.word().equals(word) && hasTick(phase) == colon > 0) {
                return new TableState(phase, colon < 0 ? 0 : Long.parseLong(mergeState.substring(colon + 1)));
            }
        }
        throw new IllegalArgumentException("no such table state: " + mergeState);
    }

    private static boolean hasTick(Phase phase) {
        return phase == Phase.WANNA_SYNC || phase == Phase.DO_SYNC;
    }

    /** The stored form; null for {@link Phase#NEW}. */
    public String mergeState() {
        if (phase == Phase.NEW) {
            return null;
        }
        return hasTick(phase) ? phase.word() + ":" + tick : phase.word();
    }

    /** The displayed form. */
    @Override
    public String toString() {
        return phase == Phase.NEW ? "NEW" : mergeState();
    }
}
