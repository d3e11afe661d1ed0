package io.londiste.subscriber;

/**
 * A user's trigger on a subscribed table.
 *
 * @param status pending while it is saved and dropped, otherwise active
 * @param triggerDef the statements that create it
 */
public record Trigger(String status, String tableName, String triggerName, String triggerDef) {}
