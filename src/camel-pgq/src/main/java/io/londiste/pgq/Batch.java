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
 * <p>An iterator streams them from the server in bounded memory, in order of their ids, over its own connection. A new
 * iterator starts from the beginning and closes the previous one. Not safe for use by several threads at once.
 */
public final class Batch implements Iterable<Event>, AutoCloseable {
    private final DataSource source;
    private final PageSize pages;
    private final long id;
    private final String queue;
    private final String consumer;
    private final Tick previousTick;
    private final Tick tick;
    private final FirstPage first;
    private EventCursor cursor;

    /**
     * Events that were received together with the batch.
     *
     * @param hasMore whether the batch may have more events than these
     */
    record FirstPage(List<Event> events, boolean hasMore) {}

    /** @param first the first events; null: they are fetched like the others */
    Batch(
            DataSource source,
            PageSize pages,
            BatchOpener.Opened opened,
            String queue,
            String consumer,
            FirstPage first) {
        this.source = source;
        this.pages = pages;
        this.id = opened.id();
        this.queue = queue;
        this.consumer = consumer;
        this.previousTick = opened.previousTick();
        this.tick = opened.tick();
        this.first = first;
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

    /** The tick after which the batch begins, which is the position of the consumer. */
    public Tick previousTick() {
        return previousTick;
    }

    /** The tick with which the batch ends. */
    public Tick tick() {
        return tick;
    }

    /** The approximate number of events in the batch, for displays and limits only. */
    public long estimatedEvents() {
        return Math.max(0, tick.eventSeq() - previousTick.eventSeq());
    }

    /**
     * Events that are known without a request to the server: the first ones of the batch if they were received with it.
     * Empty if the others are not known either, or if the batch has no events.
     */
    public List<Event> firstEvents() {
        return first == null ? List.of() : first.events();
    }

    /** How long ago the batch ended, by this machine's clock; zero if that shows an earlier time. */
    public Duration lag() {
        return tick.age();
    }

    /** By how much the provider's clock was set back while the batch was written, at least; zero if it was not. */
    Duration clockSetBack() {
        var back = Duration.between(tick.time(), previousTick.time());
        return back.isNegative() ? Duration.ZERO : back;
    }

    /** By how much the provider's clock is ahead of this machine's, at least; zero if that is not known. */
    Duration clockAhead() {
        var ahead = Duration.between(OffsetDateTime.now(), tick.time());
        return ahead.isNegative() ? Duration.ZERO : ahead;
    }

    /**
     * The events in pages as they are fetched from the server. No page is empty.
     *
     * @throws PgqException from the iterator and its methods, if the events cannot be read
     */
    public Iterable<List<Event>> pages() {
        return this::open;
    }

    /** The events one by one; they are fetched and fail in the same way as {@link #pages}. */
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
            cursor = new EventCursor(source, this, pages, first);
        } catch (SQLException e) {
            throw new PgqException("cannot read the events of " + this, e);
        }
        return cursor;
    }

    /** Returns the connection of an unfinished iteration to its pool. The batch itself stays open. */
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
