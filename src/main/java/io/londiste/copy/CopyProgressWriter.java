package io.londiste.copy;

import io.londiste.copy.TableCopy.Step;
import io.londiste.db.Jdbc;
import io.londiste.db.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into {@code londiste.copy_progress} how far the copies have come. It uses its own connections and waits for no
 * lock; its errors are only logged. Safe for use by several threads.
 */
public final class CopyProgressWriter {
    private static final Logger LOG = LoggerFactory.getLogger(CopyProgressWriter.class);
    private static final String NO_WAIT = "set local lock_timeout = 200";
    private static final String SAVE = """
            insert into londiste.copy_progress
                   (queue_name, table_name, step, rows, bytes, total_rows, started, updated)
            select t.queue_name, t.table_name, ?, ?, ?, ?::bigint,
                   pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => ?), pg_catalog.clock_timestamp()
              from londiste.subscriber_table as t where t.queue_name = ? and t.table_name = ?
                on conflict (queue_name, table_name) do update
               set step = excluded.step, rows = excluded.rows, bytes = excluded.bytes, total_rows = excluded.total_rows,
                   started = excluded.started, updated = excluded.updated
            """;

    private final String queue;
    private final DataSource subscriber;
    private final Copies copies;

    public CopyProgressWriter(String queue, DataSource subscriber, Copies copies) {
        this.queue = queue;
        this.subscriber = subscriber;
        this.copies = copies;
    }

    /** Writes the progress of all running copies. */
    public void save() {
        copies.active().values().stream()
                .filter(copy -> copy.step() != null && copy.step() != Step.DONE)
                .forEach(this::save);
    }

    /** Writes the progress of one copy. One at a time: otherwise an earlier step could be written after a later one. */
    public synchronized void save(TableCopy copy) {
        try {
            Transactions.run(subscriber, transaction -> save(transaction, copy));
        } catch (SQLException e) {
            LOG.debug("the progress of the {} could not be written", copy, e);
        }
    }

    private void save(Connection transaction, TableCopy copy) throws SQLException {
        Jdbc.execute(transaction, NO_WAIT);
        Jdbc.update(
                transaction,
                SAVE,
                copy.step().name().toLowerCase(Locale.ROOT),
                copy.rows(),
                copy.bytes(),
                copy.totalRows(),
                copy.elapsed().toNanos() / 1e9,
                queue,
                copy.table().toString());
    }
}
