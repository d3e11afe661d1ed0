package io.londiste.app;

import io.londiste.digest.Comparison;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.digest.LastComparison;
import io.londiste.digest.RecordedComparisons;
import io.londiste.error.LondisteException;
import io.londiste.repair.Repaired;
import io.londiste.sync.ResultListener;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what a run finds on the subscriber, and passes it on.
 *
 * @param begun when the run began
 */
record RecordingListener(RecordedComparisons recorded, Instant begun, ResultListener results)
        implements ResultListener {
    private static final Logger LOG = LoggerFactory.getLogger(RecordingListener.class);

    @Override
    public void add(Record result) {
        try {
            if (result instanceof Comparison comparison) {
                record(comparison);
            } else if (result instanceof Repaired repaired && repaired.applied()) {
                recorded.clear(repaired.comparison().table());
            } else if (result instanceof Repaired repaired) {
                record(repaired.comparison());
            }
        } catch (LondisteException e) {
            LOG.warn("The result cannot be recorded on the subscriber: {}", e.getMessage());
        }
        results.add(result);
    }

    private void record(Comparison comparison) {
        boolean onlyCounted = comparison.outcome() == Outcome.EQUAL && comparison.missing() == null;
        if (!comparison.inSync()) {
            recorded.clear(comparison.table()); // after its copy, its earlier result says nothing
        } else if (!onlyCounted) {
            recorded.record(comparison.table(), LastComparison.of(begun, comparison));
        }
    }
}
