package io.londiste.change;

import io.londiste.change.Change.Kind;
import io.londiste.pgq.Event;
import io.londiste.pgq.PgqException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(ChangeDecoder.class);
    private static final Set<Kind> ROWS = EnumSet.of(Kind.INSERT, Kind.UPDATE, Kind.DELETE, Kind.TRUNCATE);
    private static final Map<String, Kind> LETTERS =
            Map.of("I", Kind.INSERT, "U", Kind.UPDATE, "D", Kind.DELETE, "R", Kind.TRUNCATE);

    /**
     * What an event's type says; of the JSON types there are few, one for each table and kind.
     *
     * @param table null if the kind is unknown
     * @param keyColumns null if the type does not name them
     */
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

    /** The tables whose rows the events change, as far as they can be read. */
    public Set<TableName> tables(List<Event> events) {
        Set<TableName> tables = new LinkedHashSet<>();
        for (Event event : events) {
            try {
                Type type = event.type() == null ? null : type(event);
                if (type != null && ROWS.contains(type.kind)) {
                    tables.add(type.table);
                }
            } catch (IllegalArgumentException e) {
                LOG.debug("event {} is read later", event.id(), e);
            }
        }
        return tables;
    }

    /**
     * Reads one event. One whose table is known and whose content cannot be read is a change of kind {@link
     * Kind#UNREADABLE}.
     *
     * @throws PgqException if the event's type or its table cannot be read
     */
    public Change decode(Event event) {
        if (event.type() == null && event.problem() == null) {
            return Change.without(event, null, Kind.UNKNOWN);
        }
        Type type;
        try {
            type = type(event);
        } catch (IllegalArgumentException e) {
            throw new PgqException(
                    "cannot read event " + event.id() + " of type " + event.type() + ": " + e.getMessage());
        }
        if (event.problem() != null && type.kind == Kind.EXECUTE) {
            throw new PgqException(
                    "cannot read event " + event.id() + ", script " + event.extra1() + ": " + event.problem());
        }
        if (event.problem() != null && type.kind != Kind.UNKNOWN) {
            return Change.without(event, type.table, Kind.UNREADABLE);
        }
        try {
            return change(event, type);
        } catch (IllegalArgumentException e) {
            return Change.without(event.withProblem(e.getMessage()), type.table, Kind.UNREADABLE);
        }
    }

    /**
     * The row before an UPDATE, where a trigger of PgQ with the option {@code backup} wrote the event in another form than
     * JSON; in JSON it is the old key, which then has all columns.
     */
    public static Optional<Row> backup(Change change) {
        String text = change.event().extra2();
        if (text == null || change.event().type().startsWith("{")) {
            return Optional.empty();
        }
        try {
            Row row = UrlForm.row(text);
            return change.keyColumns().stream().allMatch(row::has) ? Optional.of(row) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // the field may hold anything else
        }
    }

    /** Whether the event is of a form in which an UPDATE has only the key and the columns that were changed. */
    public static boolean isPartial(Event event) {
        return !event.type().startsWith("{") && event.type().indexOf(':') < 0;
    }

    private Type type(Event event) {
        String type = event.type();
        if (event.problem() != null && (type == null || event.extra1() == null && !type.startsWith("{"))) {
            throw new IllegalArgumentException(event.problem()); // its table is not known
        }
        if (type.startsWith("{")) {
            return types.computeIfAbsent(type, ChangeDecoder::jsonType);
        }
        if (type.equals(REMOVE_TABLE)) {
            return new Type(TableName.parse(event.data()), Kind.REMOVE_TABLE, null);
        }
        if (type.equals(REMOVE_SEQUENCE)) {
            return new Type(TableName.parse(event.data()), Kind.REMOVE_SEQUENCE, null);
        }
        if (type.equals(MISSED_CHANGES)) {
            return new Type(TableName.parse(event.extra1()), Kind.MISSED_CHANGES, null);
        }
        int colon = type.indexOf(':');
        Kind kind = LETTERS.get(colon < 0 ? type : type.substring(0, colon));
        if (kind == null || event.extra1() == null) {
            return new Type(null, Kind.UNKNOWN, null);
        }
        return new Type(
                TableName.parse(event.extra1()),
                kind,
                colon < 0 ? null : List.of(type.substring(colon + 1).split(",")));
    }

    private static Change change(Event event, Type type) {
        return switch (type.kind) {
            case INSERT, UPDATE, DELETE -> {
                if (event.type().startsWith("{")) {
                    yield json(event, type);
                }
                yield type.keyColumns == null
                        ? SqlForm.decode(event, type.table, type.kind)
                        : new Change(event, type.table, type.kind, type.keyColumns, UrlForm.row(event.data()), null);
            }
            default -> Change.without(event, type.table, type.kind);
        };
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
