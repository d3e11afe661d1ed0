package io.londiste.change;

import io.londiste.pgq.Event;
import io.londiste.pgq.JsonText;
import io.londiste.pgq.PgqException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The change of a row, or the TRUNCATE of a table, whatever the form of its event. Values in {@code key}, {@code oldKey}, {@code
 * before} and {@code after} are as in the event: those of JSON events are numbers, booleans, texts, lists and maps, those of other
 * forms are texts; null is SQL NULL. The maps belong to this object alone.
 *
 * @param operation what was done
 * @param schema the schema of the table on the provider
 * @param table its name, without quotes
 * @param key the columns that identify the row, as they are after the change, or were before a DELETE; empty if the event
 *     does not say, as for TRUNCATE
 * @param oldKey the key before an UPDATE that changed it; null if it did not change, or if the event does not say
 * @param before the row before an UPDATE or DELETE; null if it was not captured. Some forms have only the key of a deleted row
 * @param after the row after an INSERT or UPDATE, else null. Some forms have only the changed columns and the key
 * @param transactionId the transaction on the provider
 * @param eventId the number of the event in its queue
 * @param tick the tick with which the event's batch ends; null if it is not known
 */
public record TableChange(
        Operation operation,
        String schema,
        String table,
        Map<String, Object> key,
        Map<String, Object> oldKey,
        Map<String, Object> before,
        Map<String, Object> after,
        long transactionId,
        long eventId,
        Long tick) {
    private static final ChangeDecoder DECODER = new ChangeDecoder();

    /** What was done to the table. */
    public enum Operation {
        INSERT,
        UPDATE,
        DELETE,
        TRUNCATE
    }

    /**
     * Reads an event that {@code londiste provider add} or one of PgQ's triggers has written.
     *
     * @param tick the tick with which its batch ends; null if it is not known
     * @return empty if the event changes no rows
     * @throws PgqException if it does, but cannot be read
     */
    public static Optional<TableChange> of(Event event, Long tick) {
        Change change = DECODER.decode(List.of(event)).get(0);
        return switch (change.kind()) {
            case INSERT -> Optional.of(of(change, Operation.INSERT, tick));
            case UPDATE -> Optional.of(of(change, Operation.UPDATE, tick));
            case DELETE -> Optional.of(of(change, Operation.DELETE, tick));
            case TRUNCATE -> Optional.of(of(change, Operation.TRUNCATE, tick));
            case UNREADABLE ->
                throw new PgqException("cannot read event " + event.id() + ", which changes table " + change.table()
                        + ": " + change.event().problem());
            default -> Optional.empty();
        };
    }

    private static TableChange of(Change change, Operation operation, Long tick) {
        Rows rows = Rows.of(change);
        Map<String, Object> key = rows.key(rows.row());
        Map<String, Object> oldKey = operation == Operation.UPDATE ? rows.key(rows.old()) : null;
        return new TableChange(
                operation,
                change.table().schema(),
                change.table().name(),
                key == null ? Map.of() : key,
                oldKey == null || oldKey.equals(key) ? null : oldKey,
                operation == Operation.DELETE ? rows.row() : rows.before(),
                operation == Operation.DELETE ? null : rows.row(),
                change.event().txid(),
                change.event().id(),
                tick);
    }

    /** All of it by name, in the order of the components; {@code operation} is a text. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("operation", operation.name());
        map.put("schema", schema);
        map.put("table", table);
        map.put("key", key);
        map.put("oldKey", oldKey);
        map.put("before", before);
        map.put("after", after);
        map.put("transactionId", transactionId);
        map.put("eventId", eventId);
        map.put("tick", tick);
        return map;
    }

    /** {@link #toMap} as a JSON object, in one line. */
    public String toJson() {
        return JsonText.of(toMap());
    }

    /** One line for people, for example {@code UPDATE public.customer {id=7}: {id=7, name=Ann}}. */
    public String toText() {
        Map<String, Object> row = operation == Operation.DELETE ? before : after;
        return operation + " " + new TableName(schema, table)
                + (key.isEmpty() ? "" : " " + (oldKey == null ? key : oldKey + " to " + key))
                + (row == null ? "" : ": " + row);
    }
}
