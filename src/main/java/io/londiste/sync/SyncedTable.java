package io.londiste.sync;

import io.londiste.table.SubscribedTable;
import io.londiste.table.TableName;
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
    /** @throws NotInSyncException if the replay does not keep the table equal to the provider's, with its state */
    public void requireInSync() {
        if (subscribed == null || subscribed.state().phase() != Phase.OK) {
            var state =
                    subscribed == null ? "not subscribed" : subscribed.state().toString();
            throw new NotInSyncException("not in sync: " + state);
        }
    }
}
