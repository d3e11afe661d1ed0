package io.londiste.demo;

import io.londiste.table.TableName;
import io.londiste.table.TableState;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How the demo stands at a moment.
 *
 * @param tables in the order in which they were added
 * @param written transactions that the shop's clients committed
 * @param rolledBack transactions that the server rolled back
 * @param lag how old the state is that the subscriber shows; null before the first batch
 */
record DemoPicture(List<Line> tables, long written, long rolledBack, Duration lag) {
    /**
     * How one table stands.
     *
     * @param reason why it does not go on; null if it does
     * @param copied rows that the copy brought
     * @param applied events applied since
     */
    record Line(TableName table, TableState state, String reason, long copied, long applied) {}

    long ok() {
        return tables.stream()
                .filter(line -> line.state().equals(TableState.OK))
                .count();
    }

    boolean allOk() {
        return !tables.isEmpty() && ok() == tables.size();
    }

    long copied() {
        return tables.stream().mapToLong(Line::copied).sum();
    }

    long applied() {
        return tables.stream().mapToLong(Line::applied).sum();
    }

    /** The tables that are not ok, with their states and reasons. */
    String troubles() {
        return tables.stream()
                .filter(line -> !line.state().equals(TableState.OK))
                .map(line ->
                        line.table() + " " + line.state() + (line.reason() == null ? "" : " (" + line.reason() + ")"))
                .collect(Collectors.joining("; "));
    }
}
