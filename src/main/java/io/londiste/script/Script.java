package io.londiste.script;

import io.londiste.change.TableName;
import io.londiste.pgq.Event;
import io.londiste.table.Selection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Statements that are executed once on the provider and once on each subscriber.
 *
 * @param name is used once for a queue: the name of its file
 * @param tables only for subscribers that have all of these tables of the provider; empty: for all
 */
public record Script(String name, String sql, List<TableName> tables) {
    /** Reads the event by which the provider sends it. */
    public static Script of(Event event) {
        return new Script(
                event.extra1(),
                event.data(),
                Selection.split(event.extra2()).stream().map(TableName::parse).toList());
    }

    /** The tables as the event has them; null if there are none. */
    public String writtenTables() {
        return tables.isEmpty()
                ? null
                : tables.stream().map(TableName::toString).collect(Collectors.joining(","));
    }
}
