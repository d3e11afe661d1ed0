/**
 * Applies batches of events to the tables of the subscriber.
 *
 * <p>Events are decoded into {@link io.londiste.replay.Change changes}, reduced to their net effect per key, and
 * applied with one statement per table and kind inside the batch's transaction.
 */
package io.londiste.replay;
