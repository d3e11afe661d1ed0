package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.change.Change.Kind;
import io.londiste.change.Change.Writing;
import io.londiste.change.ChangeDecoder;
import io.londiste.change.Row;
import io.londiste.change.TableName;
import io.londiste.table.Mapping;
import io.londiste.table.Operations;
import io.londiste.table.Operations.Operation;
import io.londiste.table.SubscribedTables.Target;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The changes of a page of events as they are replicated, with what the provider has evaluated for them. */
final class ReplicatedPage {
    /** What the provider has evaluated for a new row: whether it is replicated, values by column, and the table's mark then. */
    record Image(boolean holds, Row values, long mark) {}

    final Map<TableName, Target> targets = new LinkedHashMap<>();
    final Map<Change, Image> images = new IdentityHashMap<>();

    /**
     * The change of the table as it is replicated: none if it does not concern the replicated rows or is of an operation that
     * is not replicated, and two if the row had another key and its row of that key ends.
     */
    List<Change> of(Change change) {
        Target target = targets.get(change.table());
        if (target == null) {
            return List.of(change);
        }
        if (target.mapping().function() != null) {
            return handed(change, target);
        }
        return switch (change.kind()) {
            case INSERT, UPDATE -> {
                Image image = images.get(change);
                yield image.holds ? present(change, target, image) : absent(change, target);
            }
            case DELETE -> {
                requireKey(change, target, change.row().columns());
                yield deletes(change, target, key(change, target));
            }
            case TRUNCATE ->
                target.mapping().operations().has(Operation.TRUNCATE)
                        ? List.of(change.replicated(
                                target.table(), Kind.TRUNCATE, change.row(), change.oldKey(), Writing.AS_EXPECTED))
                        : List.of();
            default -> throw new IllegalStateException("not a change of rows: " + change.kind());
        };
    }

    /** The change that is handed to a function, which sees the events as they come. */
    private List<Change> handed(Change change, Target target) {
        Operations operations = target.mapping().operations();
        Image image = images.get(change);
        if (image != null && !image.holds) {
            Row key = change.oldKey() == null ? key(change, target) : change.oldKey();
            return change.kind() == Kind.INSERT || !operations.has(Operation.DELETE)
                    ? List.of()
                    : List.of(change.replicated(target.table(), Kind.DELETE, key, null, Writing.AS_EXPECTED));
        }
        if (!operations.has(Operation.valueOf(change.kind().name()))) {
            return List.of();
        }
        Row row = change.row();
        if (image != null) {
            Row replaced = row.with(image.values);
            row = replaced.only(
                    replaced.columns().stream().filter(target.mapping()::has).toList());
            requireDeclared(change, target);
        } else if (change.kind() == Kind.DELETE) {
            row = key(change, target);
        }
        return List.of(change.replicated(target.table(), change.kind(), row, change.oldKey(), Writing.AS_EXPECTED));
    }

    /** What becomes of a row that is replicated. Its old key is a row of its own where UPDATEs are not replicated. */
    private static List<Change> present(Change change, Target target, Image image) {
        Mapping mapping = target.mapping();
        Row row = change.row().with(image.values);
        List<String> kept = row.columns().stream().filter(mapping::has).toList();
        requireKey(change, target, kept);
        requireDeclared(change, target);
        Operations operations = mapping.operations();
        Writing writing = operations.writing(mapping.isFilter());
        if (!operations.keepValues()) {
            Kind kind = writing == Writing.UPDATE_ONLY ? Kind.UPDATE : change.kind();
            return List.of(change.replicated(target.table(), kind, row.only(kept), change.oldKey(), writing));
        }
        List<Change> parts = new ArrayList<>();
        if (change.oldKey() != null) {
            parts.addAll(deletes(change, target, change.oldKey()));
        }
        if (!operations.lackRows()) {
            parts.add(change.replicated(target.table(), Kind.INSERT, row.only(kept), null, writing));
        } else if (!change.keyColumns().isEmpty()) { // the key may be in another spelling now, as 1.0 for 1
            parts.add(change.replicated(target.table(), Kind.UPDATE, row.only(change.keyColumns()), null, writing));
        }
        return parts;
    }

    private static List<Change> deletes(Change change, Target target, Row key) {
        Mapping mapping = target.mapping();
        return mapping.operations().has(Operation.DELETE)
                ? List.of(change.replicated(
                        target.table(),
                        Kind.DELETE,
                        key,
                        null,
                        mapping.operations().writing(mapping.isFilter())))
                : List.of();
    }

    /** What finds the row, and nothing else: what is left out or masked is not sent to the subscriber. */
    private static Row key(Change change, Target target) {
        Mapping mapping = target.mapping();
        return change.row()
                .only(
                        change.keyColumns().isEmpty()
                                ? change.row().columns().stream()
                                        .filter(column -> mapping.has(column)
                                                && !mapping.set().containsKey(column))
                                        .toList()
                                : change.keyColumns());
    }

    /** A new row that is not replicated was not there before: an event with the row of a key that had one is an UPDATE. */
    private static List<Change> absent(Change change, Target target) {
        if (change.kind() == Kind.INSERT) {
            return List.of();
        }
        List<Change> deletes = new ArrayList<>();
        requireKey(change, target, change.row().columns());
        deletes.addAll(deletes(change, target, key(change, target)));
        if (change.oldKey() != null) {
            deletes.addAll(deletes(change, target, change.oldKey()));
        }
        return deletes;
    }

    /** Of an event that has not the whole row, nobody knows whether a condition is true for it. */
    static void requireWhole(Change change, Target target) {
        Mapping mapping = target.mapping();
        boolean partial = isPartial(change);
        List<String> missing = mapping.needs().stream()
                .filter(column -> !change.row().has(column))
                .toList();
        if (partial || !missing.isEmpty()) {
            throw new TableException(
                    target.table(),
                    (change.event() == null
                                    ? "a change of a route"
                                    : "event " + change.event().id())
                            + (partial
                                    ? " has only the columns that were changed (sqltriga)"
                                    : " has no column " + String.join(", ", missing))
                            + ", and what the table is replicated as needs the whole row (" + mapping.text() + ")",
                    null);
        }
    }

    private static boolean isPartial(Change change) {
        return change.kind() == Kind.UPDATE && change.event() != null && ChangeDecoder.isPartial(change.event());
    }

    /** @param kept the columns that the change has for the subscriber */
    private static void requireKey(Change change, Target target, List<String> kept) {
        List<String> missing = change.keyColumns().stream()
                .filter(column -> !kept.contains(column)
                        || target.mapping().set().containsKey(column)
                        || !target.mapping().has(column))
                .toList();
        if (!missing.isEmpty()) {
            throw new TableException(
                    target.table(),
                    "column " + String.join(", ", missing)
                            + " belongs to the key now, and is not replicated as it is ("
                            + target.mapping().text()
                            + "): remove the table, and add it again",
                    null);
        }
    }

    private static void requireDeclared(Change change, Target target) {
        List<String> missing = target.mapping().declaredColumns().stream()
                .filter(column -> !change.row().has(column))
                .toList();
        if (!missing.isEmpty() && !isPartial(change)) {
            throw new TableException(target.table(), target.mapping().lacking(missing), null);
        }
    }
}
