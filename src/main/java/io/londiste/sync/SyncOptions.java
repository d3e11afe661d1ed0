package io.londiste.sync;

/**
 * How the two sides are brought to one tick, and which of their rows are read.
 *
 * @param lock lock the provider's tables against writes until the sync point is taken
 * @param force continue even if no replay runs, or it does not reach the tick in time
 * @param where only rows for which this SQL condition holds; null: all rows
 */
public record SyncOptions(boolean lock, boolean force, String where) {
    /** The condition for the rows that are read. */
    public WhereCondition condition() {
        return new WhereCondition(where);
    }
}
