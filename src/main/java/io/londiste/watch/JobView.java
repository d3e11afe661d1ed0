package io.londiste.watch;

import io.londiste.config.Settings;
import io.londiste.table.TableName;
import java.time.Duration;
import java.util.Map;

/**
 * What the MBeans of a daemon show, all of one moment.
 *
 * @param error what the daemon waits for, or else what is wrong with a database, or with the replay; empty if nothing is
 * @param lag how old the state is that the subscriber shows; null for a ticker, or if it is not known
 * @param comparisons how each table compared last; without those that were never looked at
 */
public record JobView(
        Settings settings,
        ControlledDaemon daemon,
        JobState picture,
        String error,
        Duration lag,
        Map<TableName, LastComparison> comparisons) {}
