package io.londiste.subscriber;

import io.londiste.table.TableName;

/**
 * Something that is not on the subscriber.
 *
 * @param kind table or sequence
 * @param subscribed whether it is registered there
 * @param exists whether it is there at all
 */
public record Missing(String kind, TableName name, boolean subscribed, boolean exists) {}
