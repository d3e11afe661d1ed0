package io.londiste.digest;

import io.londiste.config.Settings;
import io.londiste.error.LondisteException;
import io.londiste.sync.SyncOptions;
import io.londiste.sync.SyncRuns;
import io.londiste.table.Selection;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the route {@code compare}: compares tables of provider and subscriber as of one tick, while writers and
 * the replay continue.
 *
 * <p>Safe for use by several threads.
 */
public final class Compare {
    private static final Logger LOG = LoggerFactory.getLogger(Compare.class);

    private final Settings settings;
    private final SyncRuns runs;
    private final int jobs;
    private final Supplier<List<Path>> changingRows;

    /**
     * @param jobs how many connections to either side scan parts of tables, in each run; at least 1
     * @param changingRows the operator's route files that may change rows on their way to the subscriber
     */
    public Compare(Settings settings, SyncRuns runs, int jobs, Supplier<List<Path>> changingRows) {
        this.changingRows = changingRows;
        this.settings = settings;
        this.runs = runs;
        this.jobs = jobs;
    }

    /**
     * The body with which the route begins.
     *
     * @param count whether rows are only counted, with the job's {@code compare_sql}
     * @param rows receives the rows that differ
     */
    public record Request(Selection selection, SyncOptions options, boolean count, DifferingRows rows) {
        /** The rows that differ are only counted. */
        public Request(Selection selection, SyncOptions options, boolean count) {
            this(selection, options, count, DifferingRows.COUNTED);
        }
    }

    /**
     * Takes the sync point.
     *
     * @param context the Camel context whose threads the run uses
     * @throws LondisteException if a table is not subscribed, or provider and subscriber cannot be seen at one tick
     */
    public ComparisonRun begin(Request request, CamelContext context) {
        if (request.count && request.options.where() != null && settings.compareSql() != null) {
            throw new LondisteException("--where cannot be put into compare_sql of " + settings.file());
        }
        return run(request, context);
    }

    /** Takes the sync point for a run of another route. */
    public ComparisonRun begin(Selection selection, SyncOptions options, CamelContext context) {
        return run(new Request(selection, options, false), context);
    }

    private ComparisonRun run(Request request, CamelContext context) {
        var routes = changingRows.get();
        if (!routes.isEmpty()) {
            LOG.warn(
                    "Rows that route files leave out or change on their way to the subscriber count as differences: {}",
                    routes.stream().map(Path::toString).collect(Collectors.joining(", ")));
        }
        var sync = runs.begin(request.selection, request.options);
        try {
            return new ComparisonRun(sync, request, context, jobs);
        } catch (RuntimeException e) {
            sync.close();
            throw e;
        }
    }

    /**
     * Counts the table's rows on both sides.
     *
     * @throws LondisteException if the job has a {@code compare_sql}, and the table is not replicated as it is
     */
    public Comparison count(TableComparison table) {
        var own = settings.compareSql();
        if (own != null && !table.mapping().isNone()) {
            throw new LondisteException(
                    "compare_sql of " + settings.file() + " would compare other rows than are replicated ("
                            + table.mapping().text() + "); compare it without --count");
        }
        return table.count(target -> own == null
                ? "select count(*) from " + target + " where " + table.where()
                : own.replace("_TABLE_", target));
    }

    /** Computes the digests of the table. */
    public TableDigests digest(TableComparison table) {
        return table.digest();
    }

    /** Finds the rows that differ, of a table whose digests differ. */
    public Comparison findRows(TableDigests digests) {
        var comparison = digests.comparison();
        return comparison.onBoth((there, here) -> comparison.findRows(digests, there, here, comparison.rows(digests)));
    }

    /** The result for a table whose digests are equal. */
    public Comparison equal(TableDigests digests) {
        return digests.comparison().equal(digests);
    }

    /**
     * Checks that the table can be compared.
     *
     * @throws LondisteException if the replay does not keep it equal to the provider's, with its state
     */
    public void requireInSync(TableComparison table) {
        table.requireInSync();
    }

    /**
     * The result for a table that could not be compared.
     *
     * @throws LondisteException if the reason is that the run was ended
     */
    public Comparison unknown(ComparisonRun run, TableComparison table, LondisteException problem) {
        run.requireOpen();
        LOG.debug("{}", table.name(), problem);
        return Comparison.unknown(table.name(), problem);
    }
}
