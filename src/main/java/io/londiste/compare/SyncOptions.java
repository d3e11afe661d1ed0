package io.londiste.compare;

/**
 * How the two sides are brought to one moment, and what of them is looked at.
 *
 * @param lock lock the provider's tables against writes until both sides stand at the same tick
 * @param force go on also if no replay runs, or it does not come to the tick in time
 * @param jobs how many tables at a time, and for all of them together how many connections to either side that digest
 *     parts of them; at least 1
 * @param where only rows for which this SQL condition holds; null: all
 */
public record SyncOptions(boolean lock, boolean force, int jobs, String where) {
    /** The condition as it can stand after WHERE and beside others. */
    String condition() {
        return where == null ? "true" : "(" + where + "\n)";
    }
}
