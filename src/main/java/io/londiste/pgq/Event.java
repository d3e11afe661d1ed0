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
        String extra4) {

    /** An event that is not inserted yet: it has no number, time and transaction. */
    public static Event of(String type, String data) {
        return of(type, data, null, null, null, null);
    }

    /** An event that is not inserted yet: it has no number, time and transaction. */
    public static Event of(String type, String data, String extra1, String extra2, String extra3, String extra4) {
        return new Event(0, null, 0, null, type, data, extra1, extra2, extra3, extra4);
    }
}
