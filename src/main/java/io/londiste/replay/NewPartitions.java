package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.change.Change.Kind;
import io.londiste.change.TableName;
import io.londiste.table.Partitioning;
import io.londiste.table.TableShape;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes the partitions that new rows need, of the tables for which {@link Partitioning} is declared. Tables may be named by
 * one thread while another makes partitions.
 */
final class NewPartitions {
    /** What was declared for a table, and the provider's key. */
    private record Partitioned(Partitioning by, List<String> key) {}

    private final String queue;
    private final TableWriter writer;
    private final Map<TableName, Partitioned> tables = new ConcurrentHashMap<>();

    NewPartitions(String queue, TableWriter writer) {
        this.queue = queue;
        this.writer = writer;
    }

    /** Names the table of a change. */
    void of(Change change, Partitioning partitioning) {
        tables.put(change.table(), new Partitioned(partitioning, change.keyColumns()));
    }

    /** The shape with the key that identifies rows. */
    TableShape identified(TableShape shape) {
        Partitioned table = tables.get(shape.name());
        return table == null ? shape : table.by.identified(table.key, shape);
    }

    /** Makes the partitions that are missing for the rows of changes; one round trip for each of the named tables among them. */
    void make(List<Change> changes) throws SQLException {
        if (tables.isEmpty()) {
            return;
        }
        Map<TableName, Set<String>> values = new LinkedHashMap<>();
        for (Change change : changes) {
            Partitioned table = tables.get(change.table());
            String value = table == null || change.kind() == Kind.DELETE ? null : change.get(table.by.column());
            if (value != null) {
                values.computeIfAbsent(change.table(), name -> new LinkedHashSet<>())
                        .add(value);
            }
        }
        for (var table : values.entrySet()) {
            writer.makePartitions(table.getKey(), queue, table.getValue());
        }
    }
}
