package io.londiste.subscriber;

/**
 * A foreign key from or to a subscribed table.
 *
 * @param status pending while it is saved and dropped, otherwise active
 * @param fkeyDef the statement that creates it
 * @param reason why a pending one could not be restored; null if it was not tried yet, or is active
 */
public record ForeignKey(
        String status, String fromTable, String toTable, String fkeyName, String fkeyDef, String reason) {}
