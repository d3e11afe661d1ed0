package io.londiste.replay;

import io.londiste.error.LondisteException;
import io.londiste.pgq.Event;
import io.londiste.replay.Change.Kind;
import io.londiste.table.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads events of every form that PgQ's triggers write: JSON ({@code jsontriga} and Londiste's capture), urlencoded
 * ({@code logutriga}) and partial SQL ({@code sqltriga}). Safe for use by several threads.
 */
public final class ChangeDecoder {
    /** The type of the event that removes a table from the replication on every subscriber. */
    public static final String REMOVE_TABLE = "londiste.remove-table";

    /** The type of the event by which the provider removes a sequence from the replication. */
    public static final String REMOVE_SEQUENCE = "londiste.remove-seq";

    /** The type of the event by which capture reports that it may have missed changes of a table. */
    public static final String MISSED_CHANGES = "londiste.missed-changes";

    private static final Map<String, Kind> LETTERS =
            Map.of("I", Kind.INSERT, "U", Kind.UPDATE, "D", Kind.DELETE, "R", Kind.TRUNCATE);

    /** The decoded JSON types; there are few of them, one for each table and kind. */
    private record Type(TableName table, Kind kind, List<String> keyColumns) {}

    private final Map<String, Type> types = new ConcurrentHashMap<>();

    /** Reads events, in their order, as {@link #decode(Event)} does. */
    public List<Change> decode(List<Event> events) {
        List<Change> changes = new ArrayList<>(events.size());
        for (Event event : events) {
            changes.add(decode(event));
        }
        return changes;
    }

    /**
     * Reads one event.
     *
     * @throws LondisteException if the event is of a known form but cannot be read
     */
    Change decode(Event event) {
        String type = event.type();
        if (type == null) {
            return Change.without(event, null, Kind.UNKNOWN);
        }
        try {
            if (type.startsWith("{")) {
                return json(event, types.computeIfAbsent(type, ChangeDecoder::jsonType));
            }
            if (type.equals(REMOVE_TABLE)) {
                return Change.without(event, TableName.parse(event.data()), Kind.REMOVE_TABLE);
            }
            if (type.equals(REMOVE_SEQUENCE)) {
                return Change.without(event, TableName.parse(event.data()), Kind.REMOVE_SEQUENCE);
            }
            if (type.equals(MISSED_CHANGES)) {
                return Change.without(event, TableName.parse(event.extra1()), Kind.MISSED_CHANGES);
            }
            int colon = type.indexOf(':');
            Kind kind = LETTERS.get(colon < 0 ? type : type.substring(0, colon));
            if (kind == null || event.extra1() == null) {
                return Change.without(event, null, Kind.UNKNOWN);
            }
            TableName table = TableName.parse(event.extra1());
            if (kind == Kind.TRUNCATE) {
                return Change.without(event, table, kind);
            }
            return colon < 0
                    ? SqlForm.decode(event, table, kind)
                    : new Change(
                            event,
                            table,
                            kind,
                            List.of(type.substring(colon + 1).split(",")),
                            UrlForm.row(event.data()),
                            null);
        } catch (IllegalArgumentException e) {
            throw new LondisteException(
                    "cannot read event " + event.id() + " of type " + type + ": " + e.getMessage(), e);
        }
    }

    private static Type jsonType(String text) {
        Row fields = Row.ofJson(text);
        if (!fields.has("op") || !fields.has("table")) {
            return new Type(null, Kind.UNKNOWN, List.of());
        }
        List<String> table = JsonList.strings(fields.value("table"));
        List<String> key = fields.has("pkey") ? JsonList.strings(fields.value("pkey")) : List.of();
        return new Type(new TableName(table.get(0), table.get(1)), Kind.valueOf(fields.get("op")), key);
    }

    private static Change json(Event event, Type type) {
        if (type.kind == Kind.TRUNCATE || type.kind == Kind.UNKNOWN) {
            return Change.without(event, type.table, type.kind);
        }
        Row row = Row.ofJson(event.data());
        if (event.extra3() == null) {
            return new Change(event, type.table, type.kind, type.keyColumns, row, oldKey(event));
        }
        // the record's text is exact where JSON is not; the names are taken from the JSON
        Row exact = row.withTexts(RecordText.fields(event.extra3()));
        Row oldKey = event.extra4() == null ? oldKey(event) : row.withTexts(RecordText.fields(event.extra4()));
        return new Change(event, type.table, type.kind, type.keyColumns, exact, oldKey);
    }

    private static Row oldKey(Event event) {
        return event.extra2() == null ? null : Row.ofJson(event.extra2());
    }
}
