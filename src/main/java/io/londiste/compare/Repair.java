package io.londiste.compare;

import io.londiste.LondisteException;
import io.londiste.compare.Differences.Listener;
import io.londiste.compare.TableComparison.Found;
import io.londiste.config.Settings;
import io.londiste.table.Selection;
import io.londiste.table.TableName;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.sql.DataSource;

/**
 * Finds how tables of the subscriber differ from the provider's, and writes or runs the statements that mend them.
 *
 * <p>Safe for use by several threads; of one job, one comes after another.
 */
public final class Repair {
    private final SyncedTables tables;
    private final Path directory;
    private final Object standing = new Object();

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
        this.directory = directory;
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
        return repair(
                selection,
                options,
                (comparison, found) -> comparison.onBoth((there, here) -> {
                    try (var spool = new FixSpool(Fix.of(found.shape(), found.here(), here))) {
                        return write(comparison.rows(found, there, here, spool), spool, transaction, false);
                    }
                }));
    }

    /**
     * As {@link #write}, and runs the statements, of each table in one transaction. What differs is looked at again for
     * that while the replay stands still: what has changed on the provider meanwhile is never overwritten by what it
     * was.
     */
    public Results<Repaired> apply(Selection selection, SyncOptions options) {
        return repair(selection, options, this::apply);
    }

    /** One at a time: who stands at a tick keeps the replay from the next. */
    private Repaired apply(TableComparison comparison, Found found) {
        synchronized (standing) {
            return tables.points().stand((there, here) -> {
                try (var spool = new FixSpool(Fix.of(found.shape(), found.here(), here))) {
                    var result = write(comparison.rows(found, there, here, spool), spool, true, true);
                    spool.run(here);
                    return result;
                }
            });
        }
    }

    @FunctionalInterface
    private interface Mending {
        Repaired mend(TableComparison comparison, Found found);
    }

    private Results<Repaired> repair(Selection selection, SyncOptions options, Mending mending) {
        return tables.each(
                selection,
                options,
                comparison -> repair(comparison, mending),
                (table, problem) -> new Repaired(Comparison.unknown(table, problem), 0, null, false));
    }

    private static Repaired repair(TableComparison comparison, Mending mending) {
        var found = comparison.digest();
        if (found.pieces().isEmpty()) {
            return new Repaired(comparison.rows(found, Listener.NOBODY), 0, null, false);
        }
        if (found.shape().key().isEmpty()) {
            throw new LondisteException("differs, but has no primary key that is the same on both sides:"
                    + " no statement could say which row it means; copy it anew (subscriber resync)");
        }
        return mending.mend(comparison, found);
    }

    private Repaired write(Comparison comparison, FixSpool spool, boolean transaction, boolean applied) {
        if (spool.statements() == 0) {
            return new Repaired(comparison, 0, null, applied);
        }
        var file = directory.resolve(fileName(comparison.table()));
        spool.write(file, transaction);
        return new Repaired(comparison, spool.statements(), file, applied);
    }

    /** {@code fix.<schema>.<table>.sql}; what is not usual in the name of a file is written as in a URL. */
    private static String fileName(TableName table) {
        return "fix." + encoded(table.schema()) + "." + encoded(table.name()) + ".sql";
    }

    private static String encoded(String name) {
        var encoded = new StringBuilder();
        name.codePoints().forEach(c -> {
            if (Character.isLetterOrDigit(c) || "_-$".indexOf(c) >= 0) {
                encoded.appendCodePoint(c);
            } else {
                encoded.append(URLEncoder.encode(Character.toString(c), StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace(".", "%2E")
                        .replace("*", "%2A"));
            }
        });
        return encoded.toString();
    }

    /** Ends what has begun and not ended yet, for good. */
    public void end() {
        tables.end();
    }
}
