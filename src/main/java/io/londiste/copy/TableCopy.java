package io.londiste.copy;

import io.londiste.change.TableName;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * One table on its way to {@code ok}, with the conditions and expressions by which a route changes the rows that are
 * copied, in addition to what the table is replicated as.
 *
 * <p>Progress may be read by any thread; the rest belongs to the route that works on the table.
 */
public final class TableCopy {
    /** What the copy is doing. */
    public enum Step {
        ROWS,
        /** Indexes are built and statistics gathered. */
        INDEXES,
        DONE
    }

    private final TableName table;
    private volatile String consumer;
    private volatile TableName source;
    private final Map<String, String> expressions = new TreeMap<>();
    private String condition;
    private volatile Step step;
    private volatile Long totalRows;
    private volatile long startNanos;
    private volatile long rows;
    private volatile long bytes;

    TableCopy(TableName table) {
        this.table = table;
    }

    /** The subscriber's table. */
    public TableName table() {
        return table;
    }

    /**
     * The consumer that holds the table's place in the queue until the replay owns it; null before the copy has begun.
     */
    public String consumer() {
        return consumer;
    }

    void heldBy(String recordedConsumer) {
        consumer = recordedConsumer;
    }

    /** The provider's table; null before the copy has begun. */
    public TableName source() {
        return source;
    }

    void readsFrom(TableName providersTable) {
        source = providersTable;
    }

    /** Copies only rows for which the SQL condition, over the provider's columns, is true. */
    public TableCopy where(String sqlCondition) {
        condition = sqlCondition;
        return this;
    }

    /** Copies an SQL expression over the provider's columns in place of a column. */
    public TableCopy replace(String column, String sqlExpression) {
        expressions.put(column, sqlExpression);
        return this;
    }

    String condition() {
        return condition;
    }

    Map<String, String> expressions() {
        return expressions;
    }

    /** Rows copied so far. */
    public long rows() {
        return rows;
    }

    /** Bytes copied so far, as COPY's text. */
    public long bytes() {
        return bytes;
    }

    /** The estimated number of rows to copy; null if that is not known, or the copy has not begun. */
    public Long totalRows() {
        return totalRows;
    }

    /** What the copy is doing; null if it has not begun. */
    public Step step() {
        return step;
    }

    /** How long it has been running. */
    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    void begin(Long estimatedRows) {
        totalRows = estimatedRows;
        startNanos = System.nanoTime();
        progress(0, 0);
        step(Step.ROWS);
    }

    void step(Step next) {
        step = next;
    }

    void progress(long rowsSoFar, long bytesSoFar) {
        rows = rowsSoFar;
        bytes = bytesSoFar;
    }

    @Override
    public String toString() {
        return "copy of table " + table;
    }
}
