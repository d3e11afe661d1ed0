package io.londiste.subscriber;

import io.londiste.config.Database;
import io.londiste.table.TableName;
import io.londiste.table.TableShape;
import io.londiste.table.TableShape.Column;
import io.londiste.table.TableShapes;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is different between tables of the provider and the subscriber's tables of those names. */
final class Structure {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriber.class);
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

    /** What would keep the table from being replicated; differences that do no harm are logged. */
    List<String> problems(TableName table) {
        return there.containsKey(table)
                ? problems(table, there.get(table), here.get(table))
                : List.of("no such table on the provider: " + table);
    }

    private static List<String> problems(TableName table, TableShape there, TableShape here) {
        var problems = new ArrayList<String>();
        for (var column : there.columns()) {
            var own = here.column(column.name());
            if (own == null) {
                problems.add(table + ": the subscriber's table has no column " + column.name());
            } else if (!own.type().equals(column.type())) {
                LOG.warn(
                        "{}: column {} is {} on the provider and {} on the subscriber",
                        table,
                        own.name(),
                        column.type(),
                        own.type());
            }
        }
        if (!there.key().equals(here.key())) {
            problems.add(table + ": the primary key is " + key(there) + " on the provider and " + key(here)
                    + " on the subscriber");
        }
        var extra = here.columns().stream()
                .map(Column::name)
                .filter(name -> there.column(name) == null)
                .toList();
        if (!extra.isEmpty()) {
            LOG.warn("{}: columns that the provider does not have: {}", table, String.join(", ", extra));
        }
        return problems;
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
