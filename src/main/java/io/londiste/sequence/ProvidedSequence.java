package io.londiste.sequence;

import io.londiste.table.TableName;

/**
 * A sequence that subscribers may follow.
 *
 * @param lastValue its value now; null if it cannot be read
 * @param isCalled whether that value has been handed out; false: it is the next one; null if it cannot be read
 * @param problem why it cannot be read; null if it can
 */
public record ProvidedSequence(TableName name, Long lastValue, Boolean isCalled, String problem) {}
