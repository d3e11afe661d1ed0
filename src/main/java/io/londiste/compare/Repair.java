package io.londiste.compare;

import io.londiste.config.Settings;
import io.londiste.error.LondisteException;
import io.londiste.table.Selection;
import java.nio.file.Path;
import javax.sql.DataSource;

/**
 * Finds how tables of the subscriber differ from the provider's, and writes or runs the statements that mend them.
 *
 * <p>Safe for use by several threads; of one job, one comes after another.
 */
public final class Repair {
    private final SyncedTables tables;
    private final FixFiles files;

    /**
     * @param subscriber may also write to tables that are guarded
     * @param directory where the files are written
     */
    public Repair(Settings settings, DataSource provider, DataSource subscriber, Path directory) {
        this(settings, provider, subscriber, directory, Progress.NONE);
    }

    /** As the other, for somebody who looks on. */
    public Repair(Settings settings, DataSource provider, DataSource subscriber, Path directory, Progress progress) {
        this.tables = new SyncedTables(settings, provider, subscriber, progress);
        this.files = new FixFiles(directory);
    }

    /**
     * What is to be mended.
     *
     * @param apply whether to run the statements as well
     * @param transaction whether to put those that are only written between BEGIN and COMMIT
     */
    public record Request(Selection selection, SyncOptions options, boolean apply, boolean transaction) {}

    /** Begins to do what is asked for, as {@link #write} or {@link #apply}. */
    public Results<Repaired> start(Request request) {
        return request.apply
                ? apply(request.selection, request.options)
                : write(request.selection, request.options, request.transaction);
    }

    /**
     * Writes a file {@code fix.<schema>.<table>.sql} for each table that differs.
     *
     * @param transaction whether to put its statements between BEGIN and COMMIT
     * @throws LondisteException if a table is not subscribed, or provider and subscriber cannot be seen at one moment
     */
    public Results<Repaired> write(Selection selection, SyncOptions options, boolean transaction) {
        return tables.each(
                selection,
                options,
                comparison -> {
                    var look = Look.at(comparison, files);
                    return look.found() == null ? look.result() : write(look, transaction);
                },
                Repaired::unknown);
    }

    private Repaired write(Look look, boolean transaction) {
        var found = look.found();
        return look.comparison().onBoth((there, here) -> {
            try (var spool = new FixSpool(Fix.of(found.shape(), found.here(), here))) {
                return files.write(look.comparison().rows(found, there, here, spool), spool, transaction);
            }
        });
    }

    /**
     * As {@link #write}, and runs the statements, in one transaction a table, or those of all tables that foreign keys
     * link. What differs is looked at again for that while the replay stands still: what has changed on the provider
     * meanwhile is never overwritten by what it was.
     */
    public Results<Repaired> apply(Selection selection, SyncOptions options) {
        return tables.each(
                        selection,
                        options,
                        comparison -> Look.at(comparison, files),
                        (table, problem) -> new Look(table, Repaired.unknown(table, problem), null, null))
                .then(looks -> new Mending(tables, files).mend(looks));
    }

    /** Ends what has begun and not ended yet, for good. */
    public void end() {
        tables.end();
    }
}
