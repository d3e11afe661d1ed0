package io.londiste.sync;

import io.londiste.change.TableName;
import io.londiste.error.LondisteException;
import io.londiste.table.Mapping;
import io.londiste.table.SubscribedTable;
import io.londiste.table.TableState.Phase;

/**
 * A table at a sync point.
 *
 * @param subscribed its entry on the subscriber as of the sync point; null if it has none
 * @param where the condition for the rows that are read
 * @param progress how far the work on it is
 */
public record SyncedTable(
        SyncPoint point, TableName name, SubscribedTable subscribed, WhereCondition where, TableProgress progress) {
    /** What it is replicated as. */
    public Mapping mapping() {
        return subscribed == null ? Mapping.NONE : subscribed.mapping();
    }

    /** The provider's table. */
    public TableName source() {
        return mapping().source(name);
    }

    /** Why a table whose changes are handed to a function cannot be compared. */
    static String handed(Mapping mapping) {
        return "its changes are handed to function " + mapping.function() + ", so that it has no rows to compare";
    }

    /** @throws NotInSyncException if the replay does not keep the table equal to the provider's, with its state */
    public void requireInSync() {
        if (subscribed == null || subscribed.state().phase() != Phase.OK) {
            var state =
                    subscribed == null ? "not subscribed" : subscribed.state().toString();
            throw new NotInSyncException("not in sync: " + state);
        }
        if (mapping().function() != null) {
            throw new LondisteException(handed(mapping()));
        }
    }
}
