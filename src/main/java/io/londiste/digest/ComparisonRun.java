package io.londiste.digest;

import io.londiste.change.TableName;
import io.londiste.db.Database;
import io.londiste.sync.SyncRun;
import java.util.List;
import org.apache.camel.CamelContext;

/**
 * One run of the route {@code compare} or {@code repair}: what its steps share. Safe for use by several threads.
 */
public final class ComparisonRun implements AutoCloseable {
    private final SyncRun sync;
    private final ScanThreads threads;
    private final List<TableComparison> tables;
    private final Compare.Request request;

    /** @param jobs how many connections to either side scan parts of tables */
    ComparisonRun(SyncRun sync, Compare.Request request, CamelContext context, int jobs) {
        this.sync = sync;
        this.request = request;
        var hash = Hash.both(sync.point());
        threads = new ScanThreads(context, jobs);
        tables = sync.tables().stream()
                .map(table -> new TableComparison(table, hash, threads, request.rows()))
                .toList();
    }

    /** The tables to compare. */
    public List<TableComparison> tables() {
        return tables;
    }

    /** Whether rows are only counted. */
    public boolean isCount() {
        return request.count();
    }

    /** Runs work on the subscriber as of the sync point; its transaction is rolled back afterwards. */
    public <T> T onSubscriber(Database.Work<T> work) {
        return sync.point().onSubscriber(work);
    }

    /** Accepts the result of a table; results are delivered in the order of the tables. */
    public void report(TableName table, Record result) {
        sync.report(table, result);
    }

    /** Accepts the result of a table; results are delivered in the order of the tables. */
    public void report(Comparison result) {
        report(result.table(), result);
    }

    /** The results of all tables, in their order. */
    public List<Record> results() {
        return sync.results();
    }

    /**
     * Fails if the run was ended: errors after that do not concern its tables.
     *
     * @throws io.londiste.error.LondisteException if so
     */
    public void requireOpen() {
        sync.requireOpen();
    }

    /** Releases the sync point. */
    @Override
    public void close() {
        try (threads) {
            sync.close();
        }
    }
}
