package io.londiste.repair;

import io.londiste.db.Jdbc;
import io.londiste.digest.CommonShape;
import io.londiste.digest.SqlLiteral;
import io.londiste.digest.TableDigests;
import io.londiste.error.LondisteException;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes the statements that turn a row of the subscriber into the provider's. The WHERE of each names the row it
 * expects, by key and old values, so that it changes no other row. Immutable.
 */
final class FixStatements {
    /** The beginning of an equality operator that belongs to the type itself. */
    private static final String OWN = "operator(";

    private static final String UNIQUE = """
            select distinct a.attname from pg_catalog.pg_index i
              join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum > 0
                and (a.attnum = any (i.indkey) or 0 = any (i.indkey))
            where i.indrelid = ?::regclass and (i.indisunique or i.indisexclusion) and not i.indisprimary
              and not exists (select from pg_catalog.pg_constraint f where f.contype = 'f' and f.confrelid = i.indrelid)
            """;

    private final CommonShape shape;
    /** The columns as the subscriber has them, in the order of the shape's. */
    private final List<Column> columns;
    /** Columns whose update could collide with another row's unique value, or which UPDATE may not set. */
    private final Set<String> notUpdated;

    private final boolean overriding;

    private FixStatements(CommonShape shape, TableShape here, Set<String> notUpdated) {
        this.shape = shape;
        this.columns = shape.columns().stream()
                .map(column -> here.column(column.name()))
                .toList();
        this.notUpdated = notUpdated;
        this.overriding = here.hasAlwaysIdentity();
        columns.stream().filter(Column::alwaysIdentity).map(Column::name).forEach(notUpdated::add);
    }

    /**
     * For the subscriber's table as it is now. Rows that are referenced by others are never deleted and inserted again:
     * foreign keys would forbid that, or delete the others as well.
     */
    static FixStatements of(TableDigests digests, Connection subscriber) throws SQLException {
        var unique = Jdbc.list(
                subscriber, UNIQUE, row -> row.getString(1), digests.table().quoted());
        return new FixStatements(digests.shape(), digests.subscriberShape(), new HashSet<>(unique));
    }

    /** Whether the row has to be deleted and inserted again instead of being updated. */
    boolean needsDeleteAndInsert(List<String> there, List<String> here) {
        return changed(there, here).stream()
                .anyMatch(i -> notUpdated.contains(columns.get(i).name()));
    }

    String insert(List<String> row) {
        var written = IntStream.range(0, columns.size())
                .filter(i -> !columns.get(i).generated())
                .boxed()
                .toList();
        return "insert into " + SqlLiteral.names(shape.table().quoted()) + " ("
                + written.stream().map(this::name).collect(Collectors.joining(", ")) + ")"
                + (overriding ? " overriding system value" : "") + " values ("
                + written.stream().map(i -> SqlLiteral.of(row.get(i))).collect(Collectors.joining(", ")) + ");";
    }

    String delete(List<String> row) {
        return "delete from " + SqlLiteral.names(shape.targetHere()) + " where "
                + IntStream.range(0, columns.size())
                        .mapToObj(i -> is(i, row.get(i)))
                        .collect(Collectors.joining(" and "))
                + ";";
    }

    String update(List<String> there, List<String> here) {
        var changed = changed(there, here);
        if (changed.isEmpty()) {
            throw new LondisteException("rows differ only in columns that are generated on the subscriber: "
                    + columns.stream()
                            .filter(Column::generated)
                            .map(Column::name)
                            .collect(Collectors.joining(", ")));
        }
        var where = new ArrayList<String>();
        for (int i = 0; i < columns.size(); i++) {
            if (shape.key().contains(shape.columns().get(i)) || changed.contains(i)) {
                where.add(is(i, here.get(i)));
            }
        }
        return "update " + SqlLiteral.names(shape.targetHere()) + " set "
                + changed.stream()
                        .map(i -> name(i) + " = " + SqlLiteral.of(there.get(i)))
                        .collect(Collectors.joining(", "))
                + " where " + String.join(" and ", where) + ";";
    }

    private List<Integer> changed(List<String> there, List<String> here) {
        return IntStream.range(0, columns.size())
                .filter(i -> !columns.get(i).generated() && !Objects.equals(there.get(i), here.get(i)))
                .boxed()
                .toList();
    }

    private String is(int i, String value) {
        var column = columns.get(i);
        if (value == null) {
            return name(i) + " is null";
        }
        // json, xml, point and others have no equality; those in a key have one for their index
        boolean comparable = column.equality().startsWith(OWN)
                || shape.key().contains(shape.columns().get(i));
        var equals = column.equality().equals("operator(pg_catalog.=)") ? "=" : SqlLiteral.names(column.equality());
        return name(i) + (comparable ? " " + equals + " " : "::text = ") + SqlLiteral.of(value);
    }

    private String name(int i) {
        return SqlLiteral.names(columns.get(i).quoted());
    }
}
