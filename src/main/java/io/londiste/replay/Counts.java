package io.londiste.replay;

import io.londiste.change.Change.Kind;
import io.londiste.change.TableName;
import io.londiste.hook.Commit;

/**
 * The numbers of changes applied to a table.
 *
 * @param unexpected updates and deletes that found no row, and inserts that found one
 */
public record Counts(long inserts, long updates, long deletes, long truncates, long unexpected) {
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0);

    /** Events applied. */
    public long events() {
        return inserts + updates + deletes + truncates;
    }

    public Counts plus(Counts other) {
        return new Counts(
                inserts + other.inserts,
                updates + other.updates,
                deletes + other.deletes,
                truncates + other.truncates,
                unexpected + other.unexpected);
    }

    Counts plusEvent(Kind kind) {
        return switch (kind) {
            case INSERT -> plus(new Counts(1, 0, 0, 0, 0));
            case UPDATE -> plus(new Counts(0, 1, 0, 0, 0));
            case DELETE -> plus(new Counts(0, 0, 1, 0, 0));
            case TRUNCATE -> plus(new Counts(0, 0, 0, 1, 0));
            default -> this;
        };
    }

    /** The same for routes that are told of a commit. */
    Commit.Table of(TableName table) {
        return new Commit.Table(table, inserts, updates, deletes, truncates);
    }

    Counts plusUnexpected() {
        return plus(new Counts(0, 0, 0, 0, 1));
    }
}
