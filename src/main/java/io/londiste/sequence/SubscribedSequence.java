package io.londiste.sequence;

import io.londiste.table.TableName;

/**
 * A sequence that follows the provider's, with both values as they are now.
 *
 * @param lastValue the subscriber's value; null if it cannot be read
 * @param isCalled whether that value has been handed out; false: it is the next one; null if it cannot be read
 * @param providerLastValue as lastValue, on the provider
 * @param providerIsCalled as isCalled, on the provider
 * @param reason why it does not follow; null if it does
 */
public record SubscribedSequence(
        TableName name,
        Long lastValue,
        Boolean isCalled,
        Long providerLastValue,
        Boolean providerIsCalled,
        String reason) {}
