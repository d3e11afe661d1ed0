package io.londiste.change;

import io.londiste.pgq.Event;
import io.londiste.pgq.JsonText;
import io.londiste.pgq.PgqConstants;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.Converter;
import org.apache.camel.Exchange;

/**
 * Camel's conversions of events and changes of tables. An event that changes no rows has no {@link TableChange}; its text is its
 * data, and its map is the JSON object that its data is. A conversion that is not possible gives null, which has to be
 * allowed: otherwise Camel would take it for a missing conversion, and not ask for the next event again.
 */
@Converter(generateLoader = true)
public final class TableChangeConverter {
    private TableChangeConverter() {}

    /** @param exchange its header has the tick; null: the tick is not known */
    @Converter(allowNull = true)
    public static TableChange toTableChange(Event event, Exchange exchange) {
        Long tick = exchange == null ? null : exchange.getMessage().getHeader(PgqConstants.TICK_ID, Long.class);
        return TableChange.of(event, tick).orElse(null);
    }

    @Converter(allowNull = true)
    public static Map<String, Object> toMap(Event event, Exchange exchange) {
        TableChange change = toTableChange(event, exchange);
        if (change != null) {
            return change.toMap();
        }
        return event.data() == null || !event.data().strip().startsWith("{") ? null : JsonText.object(event.data());
    }

    /** JSON, if the event changes a table. */
    @Converter(allowNull = true)
    public static String toString(Event event, Exchange exchange) {
        TableChange change = toTableChange(event, exchange);
        return change == null ? event.data() : change.toJson();
    }

    @Converter(allowNull = true)
    public static byte[] toBytes(Event event, Exchange exchange) {
        String text = toString(event, exchange);
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    @Converter(allowNull = true)
    public static InputStream toInputStream(Event event, Exchange exchange) {
        byte[] bytes = toBytes(event, exchange);
        return bytes == null ? null : new ByteArrayInputStream(bytes);
    }

    @Converter
    public static Map<String, Object> toMap(TableChange change) {
        return change.toMap();
    }

    /** JSON. */
    @Converter
    public static String toString(TableChange change) {
        return change.toJson();
    }

    @Converter
    public static byte[] toBytes(TableChange change) {
        return change.toJson().getBytes(StandardCharsets.UTF_8);
    }

    @Converter
    public static InputStream toInputStream(TableChange change) {
        return new ByteArrayInputStream(toBytes(change));
    }
}
