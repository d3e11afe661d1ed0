package io.londiste.digest;

import io.londiste.change.TableName;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.sync.ResultListener;
import io.londiste.sync.SyncOptions;
import io.londiste.table.Selection;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the last result of each table from the comparisons that the replay runs periodically, and logs them. Safe for use by
 * several threads.
 */
public final class LastComparisons implements ResultListener {
    private static final Logger LOG = LoggerFactory.getLogger(LastComparisons.class);

    private final Map<TableName, Last> last = new TreeMap<>();
    private Instant begun = Instant.EPOCH;

    /**
     * The last result of a table.
     *
     * @param time when that comparison began
     */
    public record Last(Instant time, Comparison comparison) {}

    /** The request to compare all tables. */
    public synchronized Compare.Request begin() {
        begun = Instant.now();
        return new Compare.Request(Selection.ALL, new SyncOptions(false, false, null), false);
    }

    @Override
    public synchronized void add(Record result) {
        if (result instanceof Comparison comparison && !comparison.inSync()) {
            last.remove(comparison.table()); // after its copy, its earlier result says nothing
            LOG.info("{}", ComparisonText.of(comparison));
        } else if (result instanceof Comparison comparison) {
            last.put(comparison.table(), new Last(begun, comparison));
            if (comparison.outcome() == Outcome.DIFFERENT) {
                LOG.warn(
                        "{}; to repair it: londiste ... repair --apply '{}'",
                        ComparisonText.of(comparison),
                        comparison.table());
            } else if (comparison.outcome() == Outcome.UNKNOWN) {
                LOG.info("{}", ComparisonText.of(comparison));
            }
        }
    }

    /** Logs a summary. Tables that were not among those compared since {@link #begin} are forgotten. */
    public synchronized void end() {
        last.values().removeIf(each -> each.time.isBefore(begun));
        LOG.info(
                "compared {} tables: {} equal, {} different, {} could not be compared",
                last.size(),
                number(Outcome.EQUAL),
                number(Outcome.DIFFERENT),
                number(Outcome.UNKNOWN));
    }

    private long number(Outcome outcome) {
        return last.values().stream()
                .filter(each -> each.comparison.outcome() == outcome)
                .count();
    }

    /** The last result of each table. */
    public synchronized Map<TableName, Last> results() {
        return Map.copyOf(last);
    }
}
