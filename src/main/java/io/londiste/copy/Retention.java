package io.londiste.copy;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.db.Timeouts;
import io.londiste.db.Transactions;
import io.londiste.error.LondisteException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops partitions whose rows are too old by the retention of their table, and with that changes which rows of the table are
 * replicated. No batch is applied meanwhile. Safe for use by several threads.
 */
public final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final String queue;
    private final String consumer;
    private final DataSource subscriber;
    /** The tables of which it is known that they have to wait. */
    private final Set<TableName> delayed = ConcurrentHashMap.newKeySet();

    /** @param consumer that of the replay */
    public Retention(String queue, String consumer, DataSource subscriber) {
        this.queue = queue;
        this.consumer = consumer;
        this.subscriber = subscriber;
    }

    /**
     * Drops what is too old now. What a comparison reads, or is locked by others, is dropped by a later call.
     *
     * @throws LondisteException if partitions of a table cannot be dropped; those of the others are dropped
     */
    public void dropPartitions() throws SQLException {
        LondisteException failure = null;
        for (TableName table : Transactions.call(subscriber, this::expired)) {
            try {
                List<String> dropped = Transactions.call(subscriber, transaction -> drop(transaction, table));
                delayed.remove(table);
                LOG.info(
                        "{}: {} by its retention",
                        table,
                        dropped.isEmpty() ? "no partition is dropped" : "dropped " + String.join(", ", dropped));
            } catch (SQLException e) {
                if (SqlState.isLockTimeout(e)) {
                    delay(table, e);
                } else {
                    failure = new LondisteException(
                            table + ": partitions that are older than its retention cannot be dropped: "
                                    + e.getMessage(),
                            e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private List<TableName> expired(Connection transaction) throws SQLException {
        return Jdbc.list(
                transaction,
                "select table_name from londiste.expired_tables(?, ?)",
                row -> TableName.parse(row.getString(1)),
                queue,
                consumer);
    }

    private List<String> drop(Connection transaction, TableName table) throws SQLException {
        Jdbc.execute(transaction, "set local lock_timeout = " + Timeouts.BATCH_LOCK.toMillis());
        return Jdbc.list(
                transaction,
                "select londiste.drop_partitions(?, ?, ?)",
                row -> row.getString(1),
                queue,
                consumer,
                table.toString());
    }

    private void delay(TableName table, SQLException reason) throws SQLException {
        if (delayed.add(table)) {
            LOG.info(
                    "{}: partitions that are older than its retention are dropped later, since the table is used: {}, locks held by {}",
                    table,
                    reason.getMessage(),
                    LockWait.holders(subscriber, table));
        }
    }
}
