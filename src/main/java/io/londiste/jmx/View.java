package io.londiste.jmx;

import io.londiste.config.Settings;
import io.londiste.table.TableName;
import java.time.Duration;
import java.util.Map;

/**
 * What the MBeans of a daemon show, all of one moment.
 *
 * @param lag how old the state is that the subscriber shows; null for a ticker, or if it is not known
 * @param comparisons how each table compared last; without those that were never looked at
 */
public record View(
        Settings settings, Operated daemon, Picture picture, Duration lag, Map<TableName, LastComparison> comparisons) {
    /** What the daemon waits for, or else what is wrong with a database, or with the replay; empty if nothing is. */
    public String error() {
        var progress = picture.progress().error();
        for (var error : new String[] {
            daemon.condition().error(),
            picture.first().error(),
            picture.second().error()
        }) {
            if (!error.isEmpty()) {
                return error;
            }
        }
        return progress == null ? "" : progress;
    }
}
