package io.londiste.hook;

import io.londiste.change.TableName;

/**
 * The state of a table has changed.
 *
 * @param before the state before; null if the table was added
 * @param state the state now, as {@code subscriber tables} shows it
 * @param reason why the table is stopped in this state; null if it is not
 */
public record StateChange(TableName table, String before, String state, String reason) {}
