package io.londiste.provider;

import io.londiste.change.TableName;

/** A table whose changes are captured. */
public record ProvidedTable(TableName name) {}
