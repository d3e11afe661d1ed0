package io.londiste.hook;

import io.londiste.change.TableName;
import java.time.Instant;
import java.util.List;

/**
 * A transaction that has applied a batch to the subscriber.
 *
 * @param tick the tick with which the batch ends
 * @param time when the provider has made that tick
 * @param catchUp whether the batch was applied only to a table that catches up after its copy
 * @param tables the tables that were changed, with the numbers of changes; not empty
 */
public record Commit(long tick, Instant time, boolean catchUp, List<Table> tables) {
    /**
     * A table of the subscriber, and how many changes of each kind were applied to it. A TRUNCATE counts once.
     *
     * @param table its name on the subscriber
     */
    public record Table(TableName table, long inserts, long updates, long deletes, long truncates) {}
}
