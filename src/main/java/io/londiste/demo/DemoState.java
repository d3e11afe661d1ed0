package io.londiste.demo;

import io.londiste.change.TableName;
import io.londiste.table.TableState;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The state of the demo at one moment.
 *
 * @param tables in the order in which they were added
 * @param written transactions that the shop's clients committed
 * @param rolledBack transactions that the server rolled back
 * @param lag age of the state that the subscriber has reached; null before the first batch
 */
record DemoState(List<Line> tables, long written, long rolledBack, Duration lag) {
    /**
     * The state of one table.
     *
     * @param reason why it is stopped; null if it is not
     * @param copied rows copied
     * @param applied events applied after the copy
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
    String notOk() {
        return tables.stream()
                .filter(line -> !line.state().equals(TableState.OK))
                .map(line ->
                        line.table() + " " + line.state() + (line.reason() == null ? "" : " (" + line.reason() + ")"))
                .collect(Collectors.joining("; "));
    }
}
