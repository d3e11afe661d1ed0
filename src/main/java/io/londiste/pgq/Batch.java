package io.londiste.pgq;

import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import javax.sql.DataSource;

/**
 * The events between two ticks, for one consumer.
 *
 * <p>Iterating streams them from the server in bounded memory, in order of their ids, over a connection of its own; a
 * new iterator starts from the beginning and ends the one before. Not safe for use by several threads at once.
 */
public final class Batch implements Iterable<Event>, AutoCloseable {
    private final DataSource source;
    private final int fetchSize;
    private final long id;
    private final String queue;
    private final String consumer;
    private final Tick previousTick;
    private final Tick tick;
    private EventCursor cursor;

    Batch(DataSource source, int fetchSize, long id, String queue, String consumer, Tick previousTick, Tick tick) {
        this.source = source;
        this.fetchSize = fetchSize;
        this.id = id;
        this.queue = queue;
        this.consumer = consumer;
        this.previousTick = previousTick;
        this.tick = tick;
    }

    public long id() {
        return id;
    }

    public String queue() {
        return queue;
    }

    public String consumer() {
        return consumer;
    }

    /** The tick after which the batch begins: where the consumer stands. */
    public Tick previousTick() {
        return previousTick;
    }

    /** The tick with which the batch ends. */
    public Tick tick() {
        return tick;
    }

    /** About how many events are in it; never used where it must be exact. */
    public long estimatedEvents() {
        return Math.max(0, tick.eventSeq() - previousTick.eventSeq());
    }

    /** How long ago the batch ended, by this machine's clock. */
    public Duration lag() {
        return Duration.between(tick.time(), OffsetDateTime.now());
    }

    /**
     * The events in portions as they come from the server, none of them empty: for whoever handles many at once.
     *
     * @throws PgqException from the iterator and its methods, if the server does not give the events
     */
    public Iterable<List<Event>> pages() {
        return this::open;
    }

    /** As {@link #pages}, one by one. */
    @Override
    public Iterator<Event> iterator() {
        EventCursor pages = open();
        return new Iterator<>() {
            private Iterator<Event> page = Collections.emptyIterator();

            @Override
            public boolean hasNext() {
                return page.hasNext() || pages.hasNext();
            }

            @Override
            public Event next() {
                if (!page.hasNext()) {
                    page = pages.next().iterator();
                }
                return page.next();
            }
        };
    }

    private EventCursor open() {
        close();
        try {
            cursor = new EventCursor(source, this, fetchSize);
        } catch (SQLException e) {
            throw new PgqException("cannot read the events of " + this, e);
        }
        return cursor;
    }

    /** Gives back the connection of an iteration that did not come to its end. The batch itself stays open. */
    @Override
    public void close() {
        if (cursor != null) {
            cursor.close();
            cursor = null;
        }
    }

    @Override
    public String toString() {
        return "batch " + id + " of queue " + queue + ", consumer " + consumer + " (ticks " + previousTick.id() + " to "
                + tick.id() + ")";
    }
}
