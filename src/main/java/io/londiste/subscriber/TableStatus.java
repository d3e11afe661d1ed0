package io.londiste.subscriber;

import io.londiste.table.TableName;
import io.londiste.table.TableState;

/**
 * A subscribed table and how far its last copy has come; what is not known of that is null.
 *
 * @param rows copied so far
 * @param bytes copied so far, as the text of COPY
 * @param totalRows about how many there are to copy, by the provider's statistics
 * @param step rows, indexes or done
 * @param skipTruncate whether the copy keeps the rows that are there
 * @param denyWrites whether nobody but the replay may change it
 * @param reason why it does not go on; null if it does
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
        String reason) {
    public boolean isOk() {
        return state.equals(TableState.OK);
    }

    /** Whether a copy has begun that is not known to be over. */
    public boolean isCopying() {
        return state.equals(TableState.IN_COPY) && step != null;
    }

    /** How much of the copy that goes on is done, from 0 to 1; -1 if none goes on. */
    public double copied() {
        if (!isCopying()) {
            return -1;
        }
        return rows == null || totalRows == null || totalRows == 0 ? 0 : Math.min(1, (double) rows / totalRows);
    }
}
