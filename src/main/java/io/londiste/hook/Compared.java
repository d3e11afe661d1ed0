package io.londiste.hook;

import io.londiste.change.TableName;
import java.time.Instant;

/**
 * A table was compared with the provider's. Numbers that are unknown are null.
 *
 * @param time when the comparison began
 * @param outcome EQUAL, DIFFERENT or UNKNOWN
 * @param note why the table could not be compared, and which columns were left out; empty if there is nothing to add
 */
public record Compared(
        TableName table,
        Instant time,
        String outcome,
        Long providerRows,
        Long subscriberRows,
        Long missing,
        Long extra,
        Long different,
        String note) {}
