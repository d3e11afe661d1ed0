package io.londiste.replay;

import io.londiste.change.Change;
import io.londiste.change.TableName;
import io.londiste.table.Partitioning;
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
    private final String queue;
    private final TableWriter writer;
    private final Map<TableName, String> columns = new ConcurrentHashMap<>();

    NewPartitions(String queue, TableWriter writer) {
        this.queue = queue;
        this.writer = writer;
    }

    /** Names a table, with the column by which it is partitioned. */
    void by(TableName table, String column) {
        columns.put(table, column);
    }

    /** Makes the partitions that are missing for the rows of changes; one round trip for each of the named tables among them. */
    void make(List<Change> changes) throws SQLException {
        if (columns.isEmpty()) {
            return;
        }
        Map<TableName, Set<String>> values = new LinkedHashMap<>();
        for (Change change : changes) {
            String column = columns.get(change.table());
            String value = column == null ? null : change.get(column);
            if (value != null) {
                values.computeIfAbsent(change.table(), table -> new LinkedHashSet<>())
                        .add(value);
            }
        }
        for (var table : values.entrySet()) {
            writer.makePartitions(table.getKey(), queue, table.getValue());
        }
    }
}
