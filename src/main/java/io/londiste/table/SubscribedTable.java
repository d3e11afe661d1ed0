package io.londiste.table;

import io.londiste.change.TableName;

/**
 * A row of {@code londiste.subscriber_table}.
 *
 * @param nr in the order in which they were added
 * @param skipTruncate whether the copy keeps the rows that are there
 * @param reason why the table is stopped; null if it is not
 * @param mapping what it is replicated as
 */
public record SubscribedTable(
        int nr, TableName name, TableState state, boolean skipTruncate, String reason, Mapping mapping) {
    /** The provider's table. */
    public TableName source() {
        return mapping.source(name);
    }
}
