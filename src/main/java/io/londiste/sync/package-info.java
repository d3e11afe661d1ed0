/**
 * Sync points: provider and subscriber seen as of one tick, for as long as a comparison or repair needs.
 *
 * <p>{@link io.londiste.sync.SyncRuns} opens a run for some tables; {@link io.londiste.sync.SyncPoints} takes the two
 * snapshots while the replay waits at a tick, behind a {@link io.londiste.sync.Barrier}. Knows nothing of what is compared.
 */
package io.londiste.sync;
