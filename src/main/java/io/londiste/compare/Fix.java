package io.londiste.compare;

import io.londiste.error.LondisteException;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements that make a row of the subscriber as the provider's is. Each says in its WHERE which row it expects, key
 * and old values, so that it meets no other.
 */
final class Fix {
    /** How an equality begins that is known to be the type's own. */
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
    /** Columns whose change could meet another row's value on its way, or which UPDATE may not set. */
    private final Set<String> awkward;

    private final boolean overriding;

    private Fix(CommonShape shape, TableShape here, Set<String> awkward) {
        this.shape = shape;
        this.columns = shape.columns().stream()
                .map(column -> here.column(column.name()))
                .toList();
        this.awkward = awkward;
        this.overriding = here.hasAlwaysIdentity();
        columns.stream().filter(Column::alwaysIdentity).map(Column::name).forEach(awkward::add);
    }

    /**
     * For the subscriber's table as it is now. Rows that others point at are never taken away to come again: foreign keys
     * would not let them go, or take the others along.
     */
    static Fix of(CommonShape shape, TableShape here, Connection subscriber) throws SQLException {
        var unique = new HashSet<String>();
        try (PreparedStatement statement = subscriber.prepareStatement(UNIQUE)) {
            statement.setString(1, shape.table().quoted());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    unique.add(row.getString(1));
                }
            }
        }
        return new Fix(shape, here, unique);
    }

    /** Whether the row had better go and come again than be updated. */
    boolean isAwkward(List<String> there, List<String> here) {
        return changed(there, here).stream()
                .anyMatch(i -> awkward.contains(columns.get(i).name()));
    }

    String insert(List<String> row) {
        var written = IntStream.range(0, columns.size())
                .filter(i -> !columns.get(i).generated())
                .boxed()
                .toList();
        return "insert into " + shape.table().quoted() + " ("
                + written.stream().map(i -> columns.get(i).quoted()).collect(Collectors.joining(", ")) + ")"
                + (overriding ? " overriding system value" : "") + " values ("
                + written.stream().map(i -> SqlText.literal(row.get(i))).collect(Collectors.joining(", ")) + ");";
    }

    String delete(List<String> row) {
        return "delete from " + shape.targetHere() + " where "
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
        return "update " + shape.targetHere() + " set "
                + changed.stream()
                        .map(i -> columns.get(i).quoted() + " = " + SqlText.literal(there.get(i)))
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
            return column.quoted() + " is null";
        }
        // json, xml, point and others have no equality; those in a key have one for their index
        boolean comparable = column.equality().startsWith(OWN)
                || shape.key().contains(shape.columns().get(i));
        var equals = column.equality().equals("operator(pg_catalog.=)") ? "=" : column.equality();
        return column.quoted() + (comparable ? " " + equals + " " : "::text = ") + SqlText.literal(value);
    }
}
