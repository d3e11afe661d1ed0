package io.londiste.provider;

import io.londiste.change.TableName;

/**
 * A table of the provider's database whose changes are not captured.
 *
 * @param problem why it cannot be registered; null if it can
 */
public record UnregisteredTable(TableName name, String problem) {}
