package io.londiste.repair;

import io.londiste.change.TableName;
import io.londiste.digest.Comparison;
import io.londiste.error.LondisteException;
import java.nio.file.Path;

/**
 * The result of repairing a table.
 *
 * @param comparison how the table differed before
 * @param statements how many statements make it equal
 * @param file the file with these statements; null if there are none
 * @param applied whether they were run
 */
public record Repaired(Comparison comparison, long statements, Path file, boolean applied) {
    /** The result for a table that could not be compared or repaired. */
    static Repaired unknown(TableName table, LondisteException problem) {
        return new Repaired(Comparison.unknown(table, problem), 0, null, false);
    }

    /** The same result after the statements were run. */
    Repaired afterRun() {
        return new Repaired(comparison, statements, file, true);
    }
}
