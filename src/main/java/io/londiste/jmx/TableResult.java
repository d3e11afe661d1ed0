package io.londiste.jmx;

import io.londiste.change.TableName;
import io.londiste.digest.Comparison;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.digest.LastComparison;
import io.londiste.repair.Repaired;
import java.nio.file.Path;

/**
 * The result of a comparison or a repair for one table; unknown numbers are null.
 *
 * @param statements number of statements that repair it; null for a comparison
 * @param file absolute path of the file with these statements, on the daemon's machine; null if there is none
 * @param applied whether they were executed; null for a comparison
 * @param keptRows how many of the rows that differ can be seen; null for a repair, and if none differs
 * @param note why it could not be compared, and which columns were left out; empty if there is nothing to add
 */
record TableResult(
        TableName table,
        Outcome outcome,
        Long providerRows,
        Long subscriberRows,
        Long missing,
        Long extra,
        Long different,
        Long statements,
        Path file,
        Boolean applied,
        Long keptRows,
        String note) {
    /** @param rows the rows that the comparison has found to differ */
    static TableResult of(Record result, RowFile rows) {
        if (result instanceof Repaired repaired) {
            var file = repaired.file() == null ? null : repaired.file().toAbsolutePath();
            return of(repaired.comparison(), repaired.statements(), file, repaired.applied(), null);
        }
        var found = (Comparison) result;
        return of(found, null, null, null, found.outcome() == Outcome.DIFFERENT ? rows.kept(found.table()) : null);
    }

    private static TableResult of(Comparison found, Long statements, Path file, Boolean applied, Long keptRows) {
        return new TableResult(
                found.table(),
                found.outcome(),
                found.providerRows(),
                found.subscriberRows(),
                found.missing(),
                found.extra(),
                found.different(),
                statements,
                file,
                applied,
                keptRows,
                LastComparison.note(found));
    }
}
