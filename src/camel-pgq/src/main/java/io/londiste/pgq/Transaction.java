package io.londiste.pgq;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Consecutive events of a batch that one transaction inserted, in the order of the batch. They are streamed, so they can be
 * read once, and only until the exchange ends. Not safe for use by several threads at once.
 *
 * <p>Where transactions wrote at the same time, their events alternate, and a transaction comes in several parts.
 */
public final class Transaction implements Iterable<Event> {
    private final long id;
    private final Remaining source;
    private boolean ended;

    private Transaction(long id, Remaining source) {
        this.id = id;
        this.source = source;
    }

    /** The transactions that the events belong to. Each ends when the next one is asked for. */
    static Iterator<Transaction> of(Iterator<Event> events) {
        return new Remaining(events);
    }

    /** The number of the transaction. */
    public long id() {
        return id;
    }

    /** Its events that were not read yet. */
    @Override
    public Iterator<Event> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !ended && source.peek() != null && source.peek().txid() == id;
            }

            @Override
            public Event next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("no more events in " + Transaction.this);
                }
                return source.take();
            }
        };
    }

    @Override
    public String toString() {
        return "transaction " + id;
    }

    /** The events of a batch, of which the next one is known. */
    private static final class Remaining implements Iterator<Transaction> {
        private final Iterator<Event> events;
        private Event next;
        private Transaction current;

        Remaining(Iterator<Event> events) {
            this.events = events;
        }

        /** The next event; null if there is none. */
        Event peek() {
            if (next == null && events.hasNext()) {
                next = events.next();
            }
            return next;
        }

        Event take() {
            Event taken = peek();
            next = null;
            return taken;
        }

        @Override
        public boolean hasNext() {
            if (current != null) {
                current.iterator().forEachRemaining(unread -> {});
                current.ended = true;
                current = null;
            }
            return peek() != null;
        }

        @Override
        public Transaction next() {
            if (!hasNext()) {
                throw new NoSuchElementException("no more transactions");
            }
            current = new Transaction(peek().txid(), this);
            return current;
        }
    }
}
