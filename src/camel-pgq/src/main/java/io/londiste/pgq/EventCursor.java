package io.londiste.pgq;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the events of a batch page by page through a server-side cursor. No page is empty.
 *
 * <p>An event whose text cannot be read, or is too large for this process, does not keep the others from being read: it
 * is returned without it, see {@link Event#problem}.
 */
final class EventCursor implements Iterator<List<Event>>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventCursor.class);
    static final String COLUMNS =
            "ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4";

    /**
     * The number of the batch, as long as the server has this batch: what it committed asynchronously it may forget in a
     * crash, and then give the number to a batch of another consumer. Otherwise 0, which no batch has.
     */
    private static final String ID =
            "coalesce((select sub_batch from pgq.subscription join pgq.queue on queue_id = sub_queue"
                    + " join pgq.consumer on co_id = sub_consumer where queue_name = ? and co_name = ? and sub_batch = ?"
                    + " and sub_last_tick = ? and sub_next_tick = ?), 0)";

    /**
     * The places and sizes of large events. The lengths of texts are stored beside them, so that they are not read. Those of
     * small events are left out: there may be millions, and the size of pages adapts to them.
     */
    private static final String LARGE = """
            select place, size from (
              select row_number() over (order by ev_id) - 1 as place,
                  coalesce(octet_length(ev_data), 0)::bigint + coalesce(octet_length(ev_extra2), 0)
                  + coalesce(octet_length(ev_extra3), 0) + coalesce(octet_length(ev_extra4), 0) as size
              from pgq.get_batch_events(%s)) as e
            where size > ?
            """.formatted(ID);

    private static final String WITHOUT_TEXTS = """
            select ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_extra1 from pgq.get_batch_events(%s) where ev_id > ? order by ev_id limit 1
            """.formatted(ID);

    private static final String FIRST_PAGE =
            "select " + COLUMNS + " from pgq.get_batch_cursor(" + ID + ", 'batch_events', ?, ?)";

    /** Its threads end by themselves when idle. */
    private static final Executor READERS = Executors.newCachedThreadPool(EventCursor::thread);

    private final DataSource source;
    private final Batch batch;
    private final PageSize size;
    private List<Event> page = List.of();
    /** While the page that was returned last is being processed, this reads the next one; null: it does not. */
    private CompletableFuture<Void> ahead;

    private Connection connection;
    private boolean ended;
    private boolean open;
    /** The last event that was read, and the number of those read. */
    private long last;

    private long done;
    /** The sizes in bytes of large events, by their places in the batch; empty if they are not measured. */
    private final NavigableMap<Long, Long> large = new TreeMap<>();

    /** @param first the first page; null: it is read now */
    EventCursor(DataSource source, Batch batch, PageSize size, Batch.FirstPage first) throws SQLException {
        this.source = source;
        this.batch = batch;
        this.size = size;
        if (first != null) {
            received(first.events());
            ended = !first.hasMore();
            return;
        }
        try {
            connect();
            if (size.isMeasured()) {
                Sql.list(connection, LARGE, row -> large.put(row.getLong(1), row.getLong(2)), withId(PageSize.LARGE));
            }
            read();
        } catch (SQLException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The parameters of {@link #ID}, and the others after them. */
    private Object[] withId(Object... others) {
        var parameters = new ArrayList<Object>(List.of(
                batch.queue(),
                batch.consumer(),
                batch.id(),
                batch.previousTick().id(),
                batch.tick().id()));
        parameters.addAll(Arrays.asList(others));
        return parameters.toArray();
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "read-ahead");
        thread.setDaemon(true);
        return thread;
    }

    private void connect() throws SQLException {
        connection = source.getConnection();
        connection.setAutoCommit(false);
    }

    @Override
    public boolean hasNext() {
        try {
            if (ahead != null) {
                awaitReader(); // before anything that it changes is looked at
            } else if (page.isEmpty() && !ended) {
                read();
            }
        } catch (SQLException e) {
            close();
            throw new PgqException("cannot read the events of " + batch, e);
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
        if (!ended && large.isEmpty()) { // two pages of large events may not fit into memory
            ahead = CompletableFuture.runAsync(
                    () -> {
                        try {
                            read();
                        } catch (SQLException e) {
                            throw new CompletionException(e);
                        }
                    },
                    READERS);
        }
        return next;
    }

    private void awaitReader() throws SQLException {
        CompletableFuture<Void> reading = ahead;
        ahead = null;
        try {
            reading.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SQLException failure) {
                throw failure;
            }
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    private void read() throws SQLException {
        if (connection == null) {
            connect();
        }
        int count = fitting(size.events());
        if (count == 0) {
            page = List.of(withoutTexts("it is larger than this process can hold, " + PageSize.largestEvent()
                    + " bytes; give it more memory (-Xmx in JAVA_OPTS)"));
        } else {
            read(count);
        }
    }

    /** How many of the next events to read, so that the large ones among them fit into a page; 0 if the next alone does not. */
    private int fitting(int count) {
        long bytes = 0;
        for (var event : large.subMap(done, done + count).entrySet()) {
            bytes += event.getValue();
            int before = (int) (event.getKey() - done);
            if (bytes > (before == 0 ? PageSize.largestEvent() : PageSize.bytes())) {
                return before;
            }
        }
        return count;
    }

    private void read(int count) throws SQLException {
        try {
            page = open
                    ? Sql.list(connection, "fetch " + count + " from batch_events", row -> event(row, 1))
                    : Sql.list(
                            connection,
                            FIRST_PAGE,
                            row -> event(row, 1),
                            withId(count, last == 0 ? null : "ev_id > " + last));
            open = true;
        } catch (SQLException e) {
            if (!isBadValue(e)) {
                throw e;
            }
            connection.rollback(); // which ends the cursor as well
            open = false;
            if (count > 1) {
                size.halve();
                read(Math.max(1, count / 2));
            } else {
                page = List.of(withoutTexts(e.getMessage()));
            }
            return;
        }
        received(page);
        if (page.size() < count) {
            size.done();
            ended = true; // a page that is not full is the last one
            release();
        }
    }

    private void received(List<Event> events) {
        page = events;
        if (!events.isEmpty()) {
            last = events.get(events.size() - 1).id();
            done += events.size();
            size.read(events.size(), events.stream().mapToLong(Event::length).sum());
        }
    }

    /** The next event, without the texts that cannot be read; the cursor is opened again after it. */
    private Event withoutTexts(String problem) throws SQLException {
        if (open) {
            connection.rollback();
            open = false;
        }
        Event event = Sql.first(
                        connection,
                        WITHOUT_TEXTS,
                        row -> new Event(
                                row.getLong(1),
                                row.getObject(2, OffsetDateTime.class),
                                row.getLong(3),
                                row.getObject(4, Integer.class),
                                row.getString(5),
                                null,
                                row.getString(6),
                                null,
                                null,
                                null,
                                problem.strip().replaceAll("\\s*\\R\\s*", " ")),
                        withId(last))
                .orElseThrow();
        last = event.id();
        done++;
        return event;
    }

    /** The event in the columns of the row from {@code first} on. */
    static Event event(ResultSet row, int first) throws SQLException {
        String[] texts = new String[6];
        String problem = null;
        for (int i = 0; i < texts.length; i++) {
            try {
                texts[i] = row.getString(first + 4 + i);
            } catch (SQLException e) {
                if (!isBadValue(e)) {
                    throw e;
                }
                problem = e.getMessage();
            }
        }
        return new Event(
                row.getLong(first),
                row.getObject(first + 1, OffsetDateTime.class),
                row.getLong(first + 2),
                row.getObject(first + 3, Integer.class),
                texts[0],
                texts[1],
                texts[2],
                texts[3],
                texts[4],
                texts[5],
                problem);
    }

    /** Bytes that are no characters, or that the client's encoding does not have. */
    static boolean isBadValue(SQLException error) {
        return error.getSQLState() != null && error.getSQLState().startsWith("22");
    }

    @Override
    public void close() {
        if (ahead != null) {
            try {
                awaitReader();
            } catch (SQLException | RuntimeException e) {
                LOG.debug("reading ahead in {}", batch, e);
            }
        }
        ended = true;
        page = List.of();
        release();
    }

    private void release() {
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
