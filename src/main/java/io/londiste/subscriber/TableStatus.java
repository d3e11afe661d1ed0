package io.londiste.subscriber;

import io.londiste.change.TableName;
import io.londiste.table.TableState;

/**
 * The state of a subscribed table and the progress of its last copy; what is unknown of the copy is null.
 *
 * @param rows number of rows copied so far
 * @param bytes number of bytes copied so far, in COPY's text format
 * @param totalRows approximate number of rows to copy, from the provider's statistics
 * @param step rows, indexes or done
 * @param skipTruncate whether the copy keeps the existing rows
 * @param denyWrites whether only the replay may change the table
 * @param reason why the table is stopped; null if it is not
 * @param replicatedAs what it is replicated as, in one line; empty: all rows and columns as they are
 */
public record TableStatus(
        TableName name,
        TableState state,
        Long rows,
        Long bytes,
        Long totalRows,
        String step,
        boolean skipTruncate,
        boolean denyWrites,
        String reason,
        String replicatedAs) {
    public boolean isOk() {
        return state.equals(TableState.OK);
    }

    /** Whether a copy has started and is not known to have ended. */
    public boolean isCopying() {
        return state.equals(TableState.IN_COPY) && step != null;
    }

    /** The completed fraction of the current copy, from 0 to 1; -1 if there is none. */
    public double copied() {
        if (!isCopying()) {
            return -1;
        }
        return rows == null || totalRows == null || totalRows == 0 ? 0 : Math.min(1, (double) rows / totalRows);
    }
}
