package io.londiste.watch;

import io.londiste.config.Settings;
import io.londiste.table.TableName;
import java.time.Duration;
import java.util.Map;

/**
 * Everything that metrics and health show of a daemon, as of one moment.
 *
 * @param state the state of the job in its databases
 * @param error what the daemon waits for, or else the error of a database or of the replay; empty if there is none
 * @param lag the lag of the subscriber; null for a ticker, or if it is unknown
 * @param comparisons the last comparison of each table that has been compared
 */
public record JobView(
        Settings settings,
        ControlledDaemon daemon,
        JobState state,
        String error,
        Duration lag,
        Map<TableName, LastComparison> comparisons) {}
