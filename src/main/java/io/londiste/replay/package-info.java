/**
 * Applies batches of events to the tables of the subscriber.
 *
 * <p>Events are decoded into {@link io.londiste.change.Change changes}, reduced to their net effect per key, and
 * applied with one statement per table and kind inside the batch's transaction.
 *
 * <p><b>Why nothing is lost or applied twice.</b> The position on the subscriber decides, and the provider's never passes
 * it. A batch that begins at it is applied; one that ends at or before it is only finished; one across it is opened again
 * to end there. Nothing is applied if its tick is missing there or has another {@link io.londiste.pgq.Tick#mark mark}.
 * <ul>
 *   <li>A tick is on the provider's disk before anybody sees it, and so are all events before it, as one log has both.
 *   <li>The position is committed synchronously on the subscriber, in one transaction with the rows.
 *   <li>A finish is sent after that commit, and committed asynchronously. A rotation that relies on it is later in the
 *       log: events that a provider may still have to deliver again are there.
 *   <li>Pages received with a batch or read ahead are only of that batch, whose ticks are compared: a crash may give its
 *       number to another. They end with the process.
 *   <li>A crash of the provider before the finish is on its disk brings the batch, or a longer one, again; one after that
 *       brings the next. One of the subscriber or of the replay leaves rows and position, or neither, and brings the batch
 *       again. One of all is the same: what the provider forgets only moves its position back.
 *   <li>A fail-over of the provider to a standby without some finishes is like a crash. If applied ticks are missing there,
 *       the replay stops with "lost position"; also after a crash if {@code pgqd} ticks the original PgQ asynchronously.
 * </ul>
 *
 * <p><b>Why the next batch is not read before this one is committed.</b> Opening it finishes this one: a crash could then
 * lose it. So a change waits until the batch before it is received (a round trip to the provider) and applied (two to the
 * subscriber): after its tick, the lag under load is a little less than 1.5 such cycles on average, and 2 at most. Reading
 * ahead would hide the shorter part, which is small where the replay is near one server. Throughput loses little, since
 * waiting changes become one larger batch, of up to 100,000 events.
 */
package io.londiste.replay;
