package io.londiste.subscriber;

/**
 * A trigger that somebody made on a subscribed table.
 *
 * @param status pending, while it is put aside, or active
 * @param triggerDef the statements that make it
 */
public record Trigger(String status, String tableName, String triggerName, String triggerDef) {}
