package io.londiste.watch;

import io.londiste.change.TableName;
import io.londiste.config.Settings;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.digest.LastComparison;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Everything that metrics and health show of a daemon, as of one moment.
 *
 * @param state the state of the job in its databases
 * @param errors what a daemon that cannot start waits for, or else the errors of databases, tickers, the replay and its
 *     routes
 * @param routes those of the errors that are about routes
 * @param lag the lag of the subscriber; null for a ticker, or if it is unknown
 * @param comparisons the last comparison of each table that has been compared
 */
public record JobView(
        Settings settings,
        ControlledDaemon daemon,
        JobState state,
        List<String> errors,
        List<String> routes,
        Duration lag,
        Map<TableName, LastComparison> comparisons) {

    public JobView {
        errors = List.copyOf(errors);
        routes = List.copyOf(routes);
    }

    /** Why tables differ from the provider's, or may do so: those that are stopped, and what their last comparison found. */
    public List<String> tableProblems() {
        var problems = new ArrayList<String>();
        for (var table : state.tables().values()) {
            if (table.reason() != null) {
                problems.add(table.name() + " is stopped: " + table.reason());
            }
            var compared = comparisons.get(table.name());
            if (compared != null && compared.outcome() != Outcome.EQUAL) {
                problems.add(table.name() + " " + compared.problem());
            }
        }
        return problems;
    }
}
