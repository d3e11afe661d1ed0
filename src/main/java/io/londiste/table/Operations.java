package io.londiste.table;

import io.londiste.change.Change;
import io.londiste.error.LondisteException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which operations of a table are replicated. Those that are not make the two sides differ, in ways that are expected from
 * then on: a comparison does not count them, and a repair leaves them. Immutable.
 *
 * <p>What is expected holds whatever happens to a row, because changes are written by what becomes of its key: an UPDATE
 * that changes the key, or by which a row enters a condition, is an INSERT where UPDATEs are not replicated; and an INSERT
 * changes the row of its key, if there still is one, where INSERTs are not.
 */
public record Operations(Set<Operation> replicated) {
    /** What statements do to rows of a table. */
    public enum Operation {
        INSERT,
        UPDATE,
        DELETE,
        TRUNCATE
    }

    /** The table is replicated with all its changes. */
    public static final Operations ALL = new Operations(EnumSet.allOf(Operation.class));

    public Operations {
        replicated = Collections.unmodifiableSet(
                replicated.isEmpty() ? EnumSet.noneOf(Operation.class) : EnumSet.copyOf(replicated));
    }

    /**
     * Reads their names in any case.
     *
     * @param names empty: all operations
     * @throws LondisteException if there is no such operation
     */
    public static Operations of(Collection<String> names) {
        return names.isEmpty()
                ? ALL
                : new Operations(names.stream().map(Operations::operation).collect(Collectors.toSet()));
    }

    private static Operation operation(String name) {
        try {
            return Operation.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new LondisteException("--ops: no such operation: " + name + "; there are " + ALL.text(), e);
        }
    }

    /** Whether all operations are replicated, so that the two sides are equal. */
    public boolean isAll() {
        return equals(ALL);
    }

    public boolean has(Operation operation) {
        return replicated.contains(operation);
    }

    /** Whether the subscriber keeps rows that the provider has no more. */
    public boolean keepRows() {
        return !has(Operation.DELETE) || !has(Operation.TRUNCATE);
    }

    /** Whether the subscriber may lack rows of the provider. */
    public boolean lackRows() {
        return !has(Operation.INSERT);
    }

    /** Whether the values of a row may differ, except for its key. */
    public boolean keepValues() {
        return !has(Operation.UPDATE);
    }

    /**
     * How the row of an INSERT or UPDATE is written.
     *
     * @param filter whether only some rows of the table are replicated
     */
    public Change.Writing writing(boolean filter) {
        if (isAll() && !filter) {
            return Change.Writing.AS_EXPECTED;
        }
        return lackRows()
                ? Change.Writing.UPDATE_ONLY
                : keepValues() ? Change.Writing.INSERT_ONLY : Change.Writing.UPSERT;
    }

    /** Their names, as in the catalog. */
    List<String> names() {
        return replicated.stream()
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** Their names. */
    public String text() {
        return String.join(", ", names());
    }

    /**
     * What a comparison does not count, in words; empty if that is nothing.
     *
     * @param missing how many rows only the provider has
     * @param extra how many rows only the subscriber has
     */
    public String expected(long missing, long extra) {
        var parts = new ArrayList<String>();
        if (missing > 0) {
            parts.add(missing + " missing");
        }
        if (extra > 0) {
            parts.add(extra + " extra");
        }
        if (keepValues()) {
            parts.add("values other than the key's");
        }
        return parts.isEmpty() ? "" : "not counted (ops " + text() + "): " + String.join(", ", parts);
    }
}
