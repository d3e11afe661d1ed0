package io.londiste.pgq;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the events of a batch page by page through a server-side cursor. No page is empty. */
final class EventCursor implements Iterator<List<Event>>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventCursor.class);
    private static final String COLUMNS =
            "ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4";

    private final Batch batch;
    private final int fetchSize;
    private List<Event> page = List.of();
    private Connection connection;

    EventCursor(DataSource source, Batch batch, int fetchSize) throws SQLException {
        this.batch = batch;
        this.fetchSize = fetchSize;
        connection = source.getConnection();
        try {
            connection.setAutoCommit(false);
            read("select " + COLUMNS + " from pgq.get_batch_cursor(?, 'batch_events', ?)", batch.id(), fetchSize);
        } catch (SQLException | RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public boolean hasNext() {
        if (page.isEmpty() && connection != null) {
            try {
                read("fetch " + fetchSize + " from batch_events");
            } catch (SQLException e) {
                close();
                throw new PgqException("cannot read the events of " + batch, e);
            }
        }
        return !page.isEmpty();
    }

    @Override
    public List<Event> next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no more events in " + batch);
        }
        List<Event> next = page;
        page = List.of();
        return next;
    }

    private void read(String sql, Object... parameters) throws SQLException {
        page = Sql.list(connection, sql, EventCursor::event, parameters);
        if (page.size() < fetchSize) {
            close(); // a page that is not full is the last one
        }
    }

    private static Event event(ResultSet row) throws SQLException {
        return new Event(
                row.getLong(1),
                row.getObject(2, OffsetDateTime.class),
                row.getLong(3),
                row.getObject(4, Integer.class),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10));
    }

    @Override
    public void close() {
        if (connection == null) {
            return;
        }
        try (Connection closing = connection) {
            connection = null;
            closing.rollback(); // ends the cursor; nothing was written
        } catch (SQLException e) {
            LOG.debug("returning the connection that read {}", batch, e);
        }
    }
}
