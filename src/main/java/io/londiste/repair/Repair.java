package io.londiste.repair;

import io.londiste.change.TableName;
import io.londiste.digest.Compare;
import io.londiste.digest.TableComparison;
import io.londiste.digest.TableDigests;
import io.londiste.error.LondisteException;
import io.londiste.sync.SyncOptions;
import io.londiste.sync.SyncPoints;
import io.londiste.table.Selection;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the route {@code repair}: finds how tables of the subscriber differ from the provider's, and writes or
 * runs the statements that make them equal.
 *
 * <p>Safe for use by several threads.
 */
public final class Repair {
    private static final Logger LOG = LoggerFactory.getLogger(Repair.class);

    private final Compare compare;
    private final SyncPoints points;
    private final Supplier<List<Path>> changingRows;

    /** @param changingRows the operator's route files that may change rows on their way to the subscriber */
    public Repair(Compare compare, SyncPoints points, Supplier<List<Path>> changingRows) {
        this.changingRows = changingRows;
        this.compare = compare;
        this.points = points;
    }

    /**
     * The body with which the route begins.
     *
     * @param apply whether the statements are run as well
     * @param transaction whether statements that are only written stand between BEGIN and COMMIT
     * @param directory where the files with the statements are written
     * @param job for whom the directory is not chosen by who repairs: the files' names contain it, since other jobs may
     *     write there, too; null: they do not
     */
    public record Request(
            Selection selection, SyncOptions options, boolean apply, boolean transaction, Path directory, String job) {
        /** Files whose names contain no job. */
        public Request(Selection selection, SyncOptions options, boolean apply, boolean transaction, Path directory) {
            this(selection, options, apply, transaction, directory, null);
        }
    }

    /**
     * Takes the sync point.
     *
     * @param context the Camel context whose threads the run uses
     * @throws LondisteException if a table is not subscribed, or provider and subscriber cannot be seen at one tick; or
     *     if the statements are to be run, without force, although route files change rows, which that would undo
     */
    public RepairRun begin(Request request, CamelContext context) {
        var routes = changingRows.get();
        if (request.apply && !request.options.force() && !routes.isEmpty()) {
            throw new LondisteException("repair --apply would undo what route files do to rows on their way to the"
                    + " subscriber: " + routes.stream().map(Path::toString).collect(Collectors.joining(", "))
                    + "; nothing was changed. Copy the tables again instead (subscriber resync), or write the provider's"
                    + " rows as they are (--force)");
        }
        var comparison = compare.begin(request.selection, request.options, context);
        try {
            return new RepairRun(comparison, request, routes);
        } catch (RuntimeException e) {
            comparison.close();
            throw e;
        }
    }

    /** Removes the file that an earlier repair has written for a table that is equal. */
    public Repaired removeFile(RepairRun run, TableDigests digests) {
        return run.files().remove(digests.comparison().equal(digests));
    }

    /** @throws LondisteException if the table has no primary key: no statement could identify its row */
    public void requireKey(TableDigests digests) {
        if (digests.shape().key().isEmpty()) {
            throw new LondisteException("differs, but has no primary key that is the same on both sides:"
                    + " no statement could identify its row; copy it again (subscriber resync)");
        }
    }

    /** Finds the rows that differ, and writes the statements to the table's file, see {@link FixFiles}. */
    public Repaired writeFile(RepairRun run, TableDigests digests) {
        var comparison = digests.comparison();
        return comparison.onBoth((there, here) -> {
            try (var statements = new StatementSpool(FixStatements.of(digests, here))) {
                return run.files()
                        .write(
                                comparison.findRows(digests, there, here, statements),
                                statements,
                                run.request().transaction());
            }
        });
    }

    /**
     * Makes the statements for tables that foreign keys link, and runs them in one transaction. The rows that differ
     * are read again for that while the replay waits: what has changed on the provider in the meantime is never
     * overwritten by older values.
     *
     * @param family the results of the tables that need no repair or cannot be repaired; the {@link TableDigests} of
     *     those
     *     that are to be repaired
     * @return the results of all
     */
    public List<Repaired> apply(RepairRun run, List<?> family) {
        var differing = family.stream()
                .filter(TableDigests.class::isInstance)
                .map(TableDigests.class::cast)
                .toList();
        if (differing.isEmpty()) {
            return family.stream().map(Repaired.class::cast).toList();
        }
        var repair = new FamilyRepair(points, run, differing);
        Map<TableName, Repaired> repaired;
        synchronized (run) { // one family at a time: while one makes the replay wait, no other can reach a tick
            repaired = repair.run();
        }
        return family.stream()
                .map(table -> table instanceof TableDigests digests ? repaired.get(digests.table()) : (Repaired) table)
                .toList();
    }

    /**
     * The result for a table that could not be compared.
     *
     * @throws LondisteException if the reason is that the run was ended
     */
    public Repaired unknown(RepairRun run, TableComparison table, LondisteException problem) {
        run.requireOpen();
        LOG.debug("{}", table.name(), problem);
        return Repaired.unknown(table.name(), problem);
    }
}
