package io.londiste.hook;

import io.londiste.change.Change;
import java.util.List;

/**
 * The changes of a transaction that has applied a batch to the subscriber, as they were applied: of the subscriber's tables, without
 * rows and columns that are not replicated.
 *
 * @param complete whether these are all of them; a large batch has only its first ones
 * @param changes in the order of the batch; a change of them has to be left as it is
 * @param characters their approximate size in memory
 */
public record CommittedChanges(Commit commit, boolean complete, List<Change> changes, long characters) {}
