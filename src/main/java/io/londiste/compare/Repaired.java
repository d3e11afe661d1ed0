package io.londiste.compare;

import io.londiste.table.TableName;
import java.nio.file.Path;

/**
 * What became of a table's repair.
 *
 * @param comparison how the table was found
 * @param statements how many statements make it equal
 * @param file the file with these statements; null if there are none
 * @param applied whether they were run
 */
public record Repaired(Comparison comparison, long statements, Path file, boolean applied) {
    static Repaired unknown(TableName table, String problem) {
        return new Repaired(Comparison.unknown(table, problem), 0, null, false);
    }

    /** This after the statements were run. */
    Repaired run() {
        return new Repaired(comparison, statements, file, true);
    }
}
