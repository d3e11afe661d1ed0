package io.londiste.sequence;

import io.londiste.change.TableName;

/**
 * A sequence whose value is replicated, with the current values on both sides.
 *
 * @param lastValue the subscriber's value; null if it cannot be read
 * @param isCalled whether nextval() has returned that value; false: it is the next one; null if it cannot be read
 * @param providerLastValue the provider's value; null if it cannot be read
 * @param providerIsCalled the same as isCalled for the provider's value
 * @param reason why the sequence is stopped; null if it is not
 */
public record SubscribedSequence(
        TableName name,
        Long lastValue,
        Boolean isCalled,
        Long providerLastValue,
        Boolean providerIsCalled,
        String reason) {}
