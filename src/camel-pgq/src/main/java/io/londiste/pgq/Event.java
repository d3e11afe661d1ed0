package io.londiste.pgq;

import java.time.OffsetDateTime;

/**
 * One event of a queue.
 *
 * @param id the event's number in its queue; events of a batch come in this order
 * @param time when the transaction that inserted it started
 * @param txid the transaction that inserted it
 * @param retry how often it was put into the retry queue; null if never
 * @param type chosen by the producer; null if the producer set none
 * @param data its content; null if the producer set none
 * @param extra1 for any use by the producer, like the next three
 * @param problem why its content cannot be read, and then may be missing here; null if it was read
 */
public record Event(
        long id,
        OffsetDateTime time,
        long txid,
        Integer retry,
        String type,
        String data,
        String extra1,
        String extra2,
        String extra3,
        String extra4,
        String problem) {
    /** An event that could be read. */
    public Event(
            long id,
            OffsetDateTime time,
            long txid,
            Integer retry,
            String type,
            String data,
            String extra1,
            String extra2,
            String extra3,
            String extra4) {
        this(id, time, txid, retry, type, data, extra1, extra2, extra3, extra4, null);
    }

    /**
     * Its content; null if the producer set none.
     *
     * @throws PgqException if it could not be read: no consumer is to take such an event for one without content
     */
    public String data() {
        if (problem != null) {
            throw new PgqException("cannot read event " + id + ": " + problem);
        }
        return data;
    }

    /** The number of characters. */
    long length() {
        long length = 0;
        for (String text : new String[] {type, data, extra1, extra2, extra3, extra4}) {
            length += text == null ? 0 : text.length();
        }
        return length;
    }

    /** The same event, with a problem that keeps its content from being used. */
    public Event withProblem(String reason) {
        return new Event(id, time, txid, retry, type, data, extra1, extra2, extra3, extra4, reason);
    }

    /** An event that is not inserted yet: it has no number, time and transaction. */
    public static Event of(String type, String data) {
        return of(type, data, null, null, null, null);
    }

    /** An event that is not inserted yet: it has no number, time and transaction. */
    public static Event of(String type, String data, String extra1, String extra2, String extra3, String extra4) {
        return new Event(0, null, 0, null, type, data, extra1, extra2, extra3, extra4);
    }
}
