package io.londiste.subscriber;

import io.londiste.change.TableName;

/**
 * A table or sequence that is missing on the subscriber.
 *
 * @param kind table or sequence
 * @param subscribed whether it is registered on the subscriber
 * @param exists whether it exists on the subscriber
 */
public record Missing(String kind, TableName name, boolean subscribed, boolean exists) {}
