package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.change.Change.Kind;
import io.londiste.change.Row;
import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.error.Causes;
import io.londiste.replay.ReplicatedPage.Image;
import io.londiste.table.Mapping;
import io.londiste.table.SubscribedTables.Target;
import io.londiste.table.TableShape;
import io.londiste.table.TableShapes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Makes the changes of a table those of the table as it is replicated: conditions and expressions are evaluated by the
 * provider, one query for the rows of a table in a page of events, of which only the needed columns are sent.
 *
 * <p>Safe for use by several threads.
 */
public final class ReplicatedRows {
    private static final Set<Kind> ROWS = EnumSet.of(Kind.INSERT, Kind.UPDATE, Kind.DELETE, Kind.TRUNCATE);

    private final DataSource provider;
    private final TableShapes shapes = new TableShapes();

    ReplicatedRows(DataSource provider) {
        this.provider = provider;
    }

    /** Finds what a table is replicated as; empty if its changes are not applied. */
    interface Targets {
        Optional<Target> of(TableName table) throws SQLException;
    }

    /**
     * Evaluates what is needed for changes.
     *
     * @throws TableException if that fails for a table, for example because a column was dropped on the provider
     */
    ReplicatedPage of(List<Change> changes, Targets targets) throws SQLException {
        ReplicatedPage page = new ReplicatedPage();
        Map<TableName, List<Change>> images = new LinkedHashMap<>();
        for (Change change : changes) {
            if (ROWS.contains(change.kind())) {
                Optional<Target> target = targets.of(change.table())
                        .filter(found -> !found.mapping().isNone());
                if (target.isPresent()) {
                    page.targets.put(change.table(), target.get());
                    if (change.kind() == Kind.INSERT || change.kind() == Kind.UPDATE) {
                        images.computeIfAbsent(change.table(), table -> new ArrayList<>())
                                .add(change);
                    }
                }
            }
        }
        for (var table : images.entrySet()) {
            evaluate(page.targets.get(table.getKey()), table.getKey(), table.getValue(), page.images);
        }
        return page;
    }

    /** @param table the provider's */
    private void evaluate(Target target, TableName table, List<Change> changes, Map<Change, Image> images)
            throws SQLException {
        Mapping mapping = target.mapping();
        if (mapping.needsWholeRow()) {
            changes.forEach(change -> ReplicatedPage.requireWhole(change, target));
        }
        if (!mapping.isEvaluated()) {
            changes.forEach(change -> images.put(change, new Image(true, new Row(), 0)));
            return;
        }
        List<Row> needed = new ArrayList<>();
        for (Change change : changes) {
            needed.add(change.row().only(mapping.needs()));
        }
        try (Connection connection = provider.getConnection()) {
            List<Image> evaluated = evaluate(connection, target, table, needed);
            for (int i = 0; i < changes.size(); i++) {
                images.put(changes.get(i), evaluated.get(i));
            }
        }
    }

    /** Evaluates again if the table was altered since its shape was read: rows would be read with outdated types. */
    private List<Image> evaluate(Connection connection, Target target, TableName table, List<Row> needed)
            throws SQLException {
        try {
            while (true) {
                TableShape shape = shapes.shape(connection, table);
                requireColumns(shape, target);
                List<Image> evaluated = evaluate(connection, shape, target.mapping(), needed);
                if (evaluated.stream().allMatch(image -> image.mark() == shape.mark())) {
                    return evaluated;
                }
                shapes.forget(table);
            }
        } catch (SQLException e) {
            if (SqlState.isPassing(e)) {
                throw e;
            }
            shapes.forget(table); // it may have been altered
            throw new TableException(
                    target.table(),
                    "the provider cannot evaluate what it is replicated as ("
                            + target.mapping().text() + "): " + Causes.root(e),
                    e);
        }
    }

    private static List<Image> evaluate(Connection connection, TableShape shape, Mapping mapping, List<Row> rows)
            throws SQLException {
        List<String> names = List.copyOf(mapping.set().keySet());
        return Jdbc.list(
                connection,
                new TableSql(shape, false).evaluate(mapping),
                row -> new Image(row.getBoolean(1), values(row, names), row.getLong(names.size() + 2)),
                TableWriter.json(rows));
    }

    private static void requireColumns(TableShape shape, Target target) {
        List<String> dropped = target.mapping().needs().stream()
                .filter(column -> shape.column(column) == null)
                .toList();
        if (!dropped.isEmpty()) {
            throw new TableException(
                    target.table(),
                    "the provider's table has no column " + String.join(", ", dropped)
                            + " any more, which is needed for what the table is replicated as ("
                            + target.mapping().text() + ")",
                    null);
        }
    }

    private static Row values(ResultSet row, List<String> names) throws SQLException {
        Row values = new Row();
        for (int i = 0; i < names.size(); i++) {
            values.set(names.get(i), row.getString(i + 2));
        }
        return values;
    }

    /**
     * Has the provider check the mapping of one of its tables, in the form in which rows of events are evaluated.
     *
     * @throws SQLException if it cannot evaluate it
     */
    public static void check(Connection provider, TableName table, Mapping mapping) throws SQLException {
        if (mapping.isEvaluated()) {
            evaluate(provider, new TableShapes().shape(provider, table), mapping, List.of());
        }
    }
}
