package io.londiste.table;

/**
 * A row of {@code londiste.subscriber_table}.
 *
 * @param nr in the order in which they were added
 * @param skipTruncate whether the copy keeps the rows that are there
 * @param reason why the table is stopped; null if it is not
 */
public record SubscribedTable(int nr, TableName name, TableState state, boolean skipTruncate, String reason) {}
