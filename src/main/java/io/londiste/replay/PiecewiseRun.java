package io.londiste.replay;

import io.londiste.change.Change;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Applies changes {@linkplain SetRun as sets} where possible. If that violates a constraint, or a row was not as
 * expected, it is tried in smaller pieces, down to a few changes, which are applied {@linkplain OrderedRun in order};
 * the next piece is larger again if that succeeded.
 *
 * <p>So one unexpected row among many does not slow down all of them, and many unexpected rows take little more time
 * than all changes in order would. (Bisection would take far more: changes that wait are tried again with every
 * following half.)
 */
final class PiecewiseRun {
    /** Up to this number, changes that cannot be applied as sets are applied in order. */
    private static final int FEW = 16;

    private final OrderedRun.Shapes shapes;
    private final SetRun sets;
    private final OrderedRun ordered;
    private final int largest;

    /** @param largest the maximum number of changes applied as one set; 0: all are applied in order */
    PiecewiseRun(OrderedRun.Shapes shapes, SetRun sets, OrderedRun ordered, int largest) {
        this.largest = largest;
        this.shapes = shapes;
        this.sets = sets;
        this.ordered = ordered;
    }

    /**
     * Applies all changes, or throws the constraint violation that some of them cannot get past.
     *
     * @param ending is done as well if that takes no round trip of its own; null if more is to be written
     */
    void apply(List<Change> changes, RowKeys keys, Ending ending) throws SQLException {
        List<Change> waiting = changes;
        while (!waiting.isEmpty()) {
            List<Change> still = round(waiting, keys, ending);
            if (still.size() == waiting.size()) {
                throw ordered.obstacle();
            }
            waiting = still; // rows that exchange a unique value wait for each other: they are applied together
        }
    }

    /** Returns the changes that still wait for others because of constraints. */
    private List<Change> round(List<Change> changes, RowKeys keys, Ending ending) throws SQLException {
        WaitingChanges waiting = new WaitingChanges(shapes, keys);
        int from = 0;
        int size = Math.min(Math.max(largest, FEW), changes.size());
        while (from < changes.size()) {
            List<Change> piece = changes.subList(from, Math.min(from + size, changes.size()));
            List<Change> ahead = waiting.ahead(piece);
            boolean all = ahead.size() == changes.size();
            if (piece.size() <= largest && sets.apply(ahead, keys, all ? ending : null)) {
                waiting.addAllBut(ahead, piece);
                from += piece.size();
                size = Math.min(Math.min(2 * size, Math.max(largest, FEW)), changes.size());
            } else if (piece.size() > FEW) {
                size = Math.max(FEW, piece.size() / 2);
            } else {
                waiting.addAllBut(without(ahead, ordered.apply(ahead, keys)), piece);
                from += piece.size();
            }
        }
        return waiting.all();
    }

    private static Set<Change> without(List<Change> some, List<Change> others) {
        Set<Change> rest = new HashSet<>(some);
        others.forEach(rest::remove);
        return rest;
    }
}
