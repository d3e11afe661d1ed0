package io.londiste.compare;

import io.londiste.compare.Differences.Listener;
import io.londiste.config.Settings;
import io.londiste.error.LondisteException;
import io.londiste.table.Selection;
import io.londiste.table.TableName;
import javax.sql.DataSource;

/**
 * Compares tables of provider and subscriber at one and the same moment, while writers and replay go on.
 *
 * <p>Safe for use by several threads; of one job, one comes after another.
 */
public final class Compare {
    private final Settings settings;
    private final SyncedTables tables;

    public Compare(Settings settings, DataSource provider, DataSource subscriber) {
        this(settings, provider, subscriber, Progress.NONE);
    }

    public Compare(Settings settings, DataSource provider, DataSource subscriber, Progress progress) {
        this.settings = settings;
        this.tables = new SyncedTables(settings, provider, subscriber, progress);
    }

    /**
     * What is to be compared.
     *
     * @param count whether rows are only to be counted, with the job's {@code compare_sql}
     */
    public record Request(Selection selection, SyncOptions options, boolean count) {}

    /** Begins to do what is asked for, as {@link #content} or {@link #count}. */
    public Results<Comparison> start(Request request) {
        return request.count ? count(request.selection, request.options) : content(request.selection, request.options);
    }

    /**
     * Begins to compare the content of tables.
     *
     * @throws LondisteException if a table is not subscribed, or provider and subscriber cannot be seen at one moment
     */
    public Results<Comparison> content(Selection selection, SyncOptions options) {
        return tables.each(
                selection,
                options,
                comparison -> comparison.rows(comparison.digest(), Listener.NOBODY),
                Comparison::unknown);
    }

    /** As {@link #content}, but only counts rows, with the job's {@code compare_sql}. */
    public Results<Comparison> count(Selection selection, SyncOptions options) {
        if (options.where() != null && settings.compareSql() != null) {
            throw new LondisteException("--where cannot be put into compare_sql of " + settings.file());
        }
        return tables.each(
                selection,
                options,
                comparison -> comparison.count(counting(comparison.table(), options)),
                Comparison::unknown);
    }

    private String counting(TableName table, SyncOptions options) {
        var own = settings.compareSql();
        return own == null
                ? "select count(*) from " + table.quoted() + " where " + options.condition()
                : own.replace("_TABLE_", table.quoted());
    }

    /** Ends what has begun and not ended yet, for good. */
    public void end() {
        tables.end();
    }
}
