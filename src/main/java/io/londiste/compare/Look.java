package io.londiste.compare;

import io.londiste.compare.Differences.Listener;
import io.londiste.compare.TableComparison.Found;
import io.londiste.error.LondisteException;
import io.londiste.table.TableName;

/**
 * The first look at a table that is to be repaired.
 *
 * @param result what became of it; null if there is something to mend
 * @param comparison what mends it, if there is something
 * @param found what differs; null if there is nothing to mend
 */
record Look(TableName table, Repaired result, TableComparison comparison, Found found) {
    static Look at(TableComparison comparison, FixFiles files) {
        var found = comparison.digest();
        if (found.pieces().isEmpty()) {
            var equal = files.none(comparison.rows(found, Listener.NOBODY));
            return new Look(comparison.table(), equal, comparison, null);
        }
        if (found.shape().key().isEmpty()) {
            throw new LondisteException("differs, but has no primary key that is the same on both sides:"
                    + " no statement could say which row it means; copy it anew (subscriber resync)");
        }
        return new Look(comparison.table(), null, comparison, found);
    }
}
