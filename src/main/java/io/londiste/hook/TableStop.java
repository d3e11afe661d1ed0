package io.londiste.hook;

import io.londiste.change.TableName;

/**
 * A table is stopped, or is now stopped for another reason.
 *
 * @param state its state, as {@code subscriber tables} shows it
 */
public record TableStop(TableName table, String state, String reason) {}
