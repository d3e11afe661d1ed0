package io.londiste.sequence;

import io.londiste.change.TableName;

/**
 * A sequence that is registered on the provider, so that subscribers can replicate its value.
 *
 * @param lastValue its current value; null if it cannot be read
 * @param isCalled whether nextval() has returned that value; false: it is the next one; null if it cannot be read
 * @param problem why it cannot be read; null if it can
 */
public record ProvidedSequence(TableName name, Long lastValue, Boolean isCalled, String problem) {}
