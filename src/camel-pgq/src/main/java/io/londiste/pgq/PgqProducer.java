package io.londiste.pgq;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultProducer;

/**
 * Inserts the body as an event, or the elements of an iterable body as events in one transaction.
 *
 * <p>An {@link Event} is inserted with its type, data and extra fields; anything else becomes the data of an event whose
 * type and extra fields come from the headers: a map, a record or a bean as JSON, other bodies as text.
 */
public class PgqProducer extends DefaultProducer {
    private final PgqEndpoint endpoint;
    private final PgqClient client;

    public PgqProducer(PgqEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        this.client = endpoint.client();
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Message message = exchange.getMessage();
        List<Event> events = new ArrayList<>();
        if (message.getBody() instanceof Iterable<?> several) {
            several.forEach(element -> events.add(event(message, element)));
        } else {
            events.add(event(message, message.getBody()));
        }
        try {
            message.setHeader(PgqConstants.EVENT_IDS, client.insert(endpoint.getQueue(), events));
        } catch (SQLException e) {
            throw Missing.explained(e, endpoint.getQueue(), "pgq_writer");
        }
    }

    private Event event(Message message, Object body) {
        if (body instanceof Event event) {
            return event;
        }
        return Event.of(
                message.getHeader(PgqConstants.EVENT_TYPE, String.class),
                EventData.of(message.getExchange(), body),
                message.getHeader(PgqConstants.EXTRA1, String.class),
                message.getHeader(PgqConstants.EXTRA2, String.class),
                message.getHeader(PgqConstants.EXTRA3, String.class),
                message.getHeader(PgqConstants.EXTRA4, String.class));
    }
}
