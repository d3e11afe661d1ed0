package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.hook.Commit;
import io.londiste.hook.CommittedChanges;
import io.londiste.hook.Hooks;
import java.util.ArrayList;
import java.util.List;

/** The changes of a transaction, kept for routes that read them; of a large batch only the first ones. Used by one thread. */
final class KeptChanges {
    private final List<Change> changes = new ArrayList<>();
    private long characters;
    private boolean complete = true;

    void add(Change change) {
        complete &= characters + change.size() <= Hooks.MAX_CHARACTERS;
        if (complete) {
            characters += change.size();
            changes.add(change);
        }
    }

    /** What is sent when they are committed. */
    CommittedChanges of(Commit commit) {
        return new CommittedChanges(commit, complete, List.copyOf(changes), characters);
    }
}
