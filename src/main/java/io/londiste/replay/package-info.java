/**
 * How a batch of events becomes rows on the subscriber.
 *
 * <p>Events are decoded into {@link io.londiste.replay.Change changes}, gathered to their net effect per key, and applied
 * with one statement per table and kind inside the batch's transaction.
 */
package io.londiste.replay;
