package io.londiste.copy;

import io.londiste.copy.TableCopy.Step;
import io.londiste.db.Transactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Locale;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into {@code londiste.copy_progress} how far the copies have come, for whoever wants to look. It has connections
 * of its own, waits for nobody, and what goes wrong in it is only logged. Safe for use by several threads.
 */
public final class CopyProgress {
    private static final Logger LOG = LoggerFactory.getLogger(CopyProgress.class);
    private static final String NO_WAIT = "set local lock_timeout = 200";
    private static final String SAVE = """
            insert into londiste.copy_progress
                   (queue_name, table_name, step, rows, bytes, total_rows, started, updated)
            select t.queue_name, t.table_name, ?, ?, ?, ?,
                   pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => ?), pg_catalog.clock_timestamp()
              from londiste.subscriber_table as t where t.queue_name = ? and t.table_name = ?
                on conflict (queue_name, table_name) do update
               set step = excluded.step, rows = excluded.rows, bytes = excluded.bytes, total_rows = excluded.total_rows,
                   started = excluded.started, updated = excluded.updated
            """;

    private final String queue;
    private final DataSource subscriber;
    private final Copies copies;

    public CopyProgress(String queue, DataSource subscriber, Copies copies) {
        this.queue = queue;
        this.subscriber = subscriber;
        this.copies = copies;
    }

    /** Writes down the copies that go on. */
    public void save() {
        copies.active().values().stream()
                .filter(copy -> copy.step() != null && copy.step() != Step.DONE)
                .forEach(this::save);
    }

    /** Writes down one copy. */
    public void save(TableCopy copy) {
        try {
            Transactions.run(subscriber, transaction -> save(transaction, copy));
        } catch (SQLException e) {
            LOG.debug("the progress of the {} is not written", copy, e);
        }
    }

    private void save(Connection transaction, TableCopy copy) throws SQLException {
        try (Statement limit = transaction.createStatement();
                PreparedStatement save = transaction.prepareStatement(SAVE)) {
            limit.execute(NO_WAIT);
            save.setString(1, copy.step().name().toLowerCase(Locale.ROOT));
            save.setLong(2, copy.rows());
            save.setLong(3, copy.bytes());
            save.setObject(4, copy.totalRows(), Types.BIGINT);
            save.setDouble(5, copy.elapsed().toNanos() / 1e9);
            save.setString(6, queue);
            save.setString(7, copy.table().toString());
            save.executeUpdate();
        }
    }
}
