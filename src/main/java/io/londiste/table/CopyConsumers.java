package io.londiste.table;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.pgq.PgqClient;
import io.londiste.table.TableState.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The consumers that hold the places of a job's tables in the queue while they are copied and catch up.
 *
 * <p>The job records them on its subscriber before it registers them, and removes only recorded ones: other consumers
 * of the queue may have names that look the same. Safe for use by several threads.
 */
public final class CopyConsumers {
    private final String queue;
    private final String jobConsumer;
    private final PgqClient pgq;

    /** @param jobConsumer the consumer of the job's replay */
    public CopyConsumers(String queue, String jobConsumer, PgqClient pgq) {
        this.queue = queue;
        this.jobConsumer = jobConsumer;
        this.pgq = pgq;
    }

    /**
     * The consumer of a table, which is recorded if it is not yet. To be called while {@link SubscribedTables#lock} is
     * held.
     *
     * @return a name that only this table's copies use
     */
    public String claim(Connection transaction, SubscribedTable table) throws SQLException {
        Optional<String> recorded = Jdbc.first(
                transaction,
                "select consumer_id from londiste.copy_consumer where job_id = ? and queue_name = ? and table_name = ?",
                row -> row.getString(1),
                jobConsumer,
                queue,
                table.name().toString());
        return recorded.isPresent() ? recorded.get() : record(transaction, table);
    }

    /** The name of a table's consumer, unless something else had taken it. */
    public static String usualName(String jobConsumer, TableName table) {
        return jobConsumer + "_copy_" + table;
    }

    private String record(Connection transaction, SubscribedTable table) throws SQLException {
        String plain = usualName(jobConsumer, table.name());
        // an earlier version of the program, which recorded no consumers, began this copy
        boolean begun = table.state().phase() != Phase.NEW && table.state().phase() != Phase.OK;
        if (begun && insert(transaction, plain, table.name())) {
            return plain;
        }
        String name = plain;
        for (int n = 2; isTaken(transaction, name) || !insert(transaction, name, table.name()); n++) {
            name = plain + "_" + n;
        }
        return name;
    }

    private boolean isTaken(Connection transaction, String name) throws SQLException {
        return pgq.position(queue, name).isPresent()
                || Jdbc.first(
                                transaction,
                                "select 1 from londiste.completed where consumer_id = ?",
                                row -> row.getInt(1),
                                name)
                        .isPresent();
    }

    /** Returns whether the name was free: jobs of other queues may have recorded it. */
    private boolean insert(Connection transaction, String name, TableName table) throws SQLException {
        return Jdbc.update(
                        transaction,
                        "insert into londiste.copy_consumer (consumer_id, job_id, queue_name, table_name)"
                                + " values (?, ?, ?, ?) on conflict (consumer_id) do nothing",
                        name,
                        jobConsumer,
                        queue,
                        table.toString())
                == 1;
    }

    /** All recorded consumers. */
    public List<String> list(Connection connection) throws SQLException {
        return Jdbc.list(
                connection,
                "select consumer_id from londiste.copy_consumer where job_id = ? and queue_name = ? order by 1",
                row -> row.getString(1),
                jobConsumer,
                queue);
    }

    /** Those whose tables are in sync or not subscribed any more, so that they only prevent the queue's rotation. */
    public List<String> unneeded(Connection transaction) throws SQLException {
        return Jdbc.list(transaction, """
                select consumer_id from londiste.copy_consumer as c where job_id = ? and queue_name = ?
                   and not exists (select from londiste.subscriber_table as t where t.queue_name = c.queue_name
                                      and t.table_name = c.table_name and t.merge_state is distinct from 'ok')
                 order by 1
                """, row -> row.getString(1), jobConsumer, queue);
    }

    /** Removes a consumer from the queue, and its record and its position from the subscriber. */
    public void remove(Connection transaction, String consumer) throws SQLException {
        pgq.unregisterConsumer(queue, consumer);
        forget(transaction, consumer);
    }

    /** Removes the record and the position of a consumer that is not registered any more. */
    public static void forget(Connection transaction, String consumer) throws SQLException {
        Jdbc.execute(transaction, "delete from londiste.completed where consumer_id = ?", consumer);
        Jdbc.execute(transaction, "delete from londiste.copy_consumer where consumer_id = ?", consumer);
    }
}
