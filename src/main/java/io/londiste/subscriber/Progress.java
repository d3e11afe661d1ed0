package io.londiste.subscriber;

/**
 * How far the replay of a job has come, and what waits to be restored in its subscriber.
 *
 * @param tick up to which all is applied; null before the first batch
 * @param error why the replay does not get on; null if it does, as far as the subscriber knows
 * @param pendingForeignKeys foreign keys that are put aside, of all jobs
 * @param pendingTriggers triggers that are put aside, of all jobs
 */
public record Progress(Long tick, String error, long pendingForeignKeys, long pendingTriggers) {}
