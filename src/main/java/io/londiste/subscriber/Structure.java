package io.londiste.subscriber;

import io.londiste.config.Database;
import io.londiste.table.TableName;
import io.londiste.table.TableShape;
import io.londiste.table.TableShapes;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is different between tables of the provider and the subscriber's tables of those names. */
final class Structure {
    private static final String NO_SUCH_TABLE = "42P01";

    private final Map<TableName, TableShape> there;
    private final Map<TableName, TableShape> here;

    Structure(Database provider, Database subscriber, List<TableName> tables) {
        here = shapes(subscriber, tables);
        there = shapes(provider, tables);
    }

    /** Those that the subscriber does not have. */
    List<TableName> missing(List<TableName> tables) {
        return tables.stream().filter(table -> !here.containsKey(table)).toList();
    }

    /** What would keep the table from being replicated. */
    List<String> problems(TableName table) {
        if (!there.containsKey(table)) {
            return List.of("no such table on the provider: " + table);
        }
        var theirs = there.get(table);
        var ours = here.get(table);
        var problems = new ArrayList<String>();
        for (var column : theirs.columns()) {
            if (ours.column(column.name()) == null) {
                problems.add(table + ": the subscriber's table has no column " + column.name());
            }
        }
        if (!theirs.key().equals(ours.key())) {
            problems.add(table + ": the primary key is " + key(theirs) + " on the provider and " + key(ours)
                    + " on the subscriber");
        }
        return problems;
    }

    /** What is different but does no harm by itself. */
    List<String> remarks(TableName table) {
        var remarks = new ArrayList<String>();
        for (var column : here.get(table).columns()) {
            var theirs = there.containsKey(table) ? there.get(table).column(column.name()) : null;
            if (theirs == null) {
                remarks.add(table + ": the provider's table has no column " + column.name());
            } else if (!theirs.type().equals(column.type())) {
                remarks.add(table + ": column " + column.name() + " is " + theirs.type() + " on the provider and "
                        + column.type() + " on the subscriber");
            }
        }
        return remarks;
    }

    private static String key(TableShape shape) {
        return shape.key().isEmpty() ? "missing" : "(" + String.join(", ", shape.key()) + ")";
    }

    private static Map<TableName, TableShape> shapes(Database database, List<TableName> tables) {
        return database.read(connection -> {
            var catalog = new TableShapes();
            var shapes = new HashMap<TableName, TableShape>();
            for (var table : tables) {
                try {
                    shapes.put(table, catalog.shape(connection, table));
                } catch (SQLException e) {
                    if (!NO_SUCH_TABLE.equals(e.getSQLState())) {
                        throw e;
                    }
                }
            }
            return shapes;
        });
    }
}
