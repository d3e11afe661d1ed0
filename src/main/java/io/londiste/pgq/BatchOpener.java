package io.londiste.pgq;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * Opens batches that reach over several ticks but never past a given one.
 *
 * <p>PgQ offers {@code next_batch_custom}, which takes a least length of time. If the newest tick lies within twice
 * that length it takes the newest, else the first that is far enough. So a wished end is met exactly if it is the newest
 * tick, or if it lies in the nearer half of the way to the newest; a wish beyond that is met in several batches, each
 * half of the rest. A repeatable-read transaction keeps the newest tick from changing between question and answer.
 */
final class BatchOpener {
    /** How many ticks are looked at; more of them come with the next batch. */
    private static final int REACH = 5000;

    /** The ticks are many; so written, each part of it goes by their index from one end. */
    private static final String FAR = """
            with here as (
              select sub_queue as queue, tick_id, tick_time, tick_event_seq, tick_snapshot
              from pgq.queue
                join pgq.subscription on sub_queue = queue_id
                join pgq.consumer on co_id = sub_consumer
                join pgq.tick on tick_queue = sub_queue and tick_id = sub_last_tick
              where queue_name = ? and co_name = ?
            ), newest as (
              select t.tick_id, t.tick_time
              from pgq.tick t
              where t.tick_queue = (select queue from here)
              order by t.tick_id desc limit 1
            ), ahead as (
              select t.tick_id, t.tick_time, t.tick_event_seq
              from pgq.tick t
              where t.tick_queue = (select queue from here) and t.tick_id > (select tick_id from here) and t.tick_id <= ?
              order by t.tick_id limit %d
            )
            select here.tick_id, (
                select ahead.tick_time - here.tick_time
                from ahead, newest
                where ahead.tick_event_seq - here.tick_event_seq <= ?
                  and ahead.tick_time > here.tick_time
                  and (ahead.tick_id = newest.tick_id
                    or (ahead.tick_time - here.tick_time) * 2 < newest.tick_time - here.tick_time)
                order by ahead.tick_id desc limit 1)::text as span,
              txid_snapshot_xmax(here.tick_snapshot) > txid_snapshot_xmax(txid_current_snapshot()) as ahead
            from here
            """.formatted(REACH);

    private static final String OPEN = """
            select batch_id, prev_tick_id, prev_tick_time, coalesce(prev_tick_event_seq, 0),
              cur_tick_id, cur_tick_time, coalesce(cur_tick_event_seq, 0)
            from pgq.next_batch_custom(?, ?, null, null, ?::interval)
            """;

    private final Connection connection;
    private final String queue;
    private final String consumer;

    BatchOpener(Connection connection, String queue, String consumer) {
        this.connection = connection;
        this.queue = queue;
        this.consumer = consumer;
    }

    record Opened(long id, Tick previousTick, Tick tick) {}

    /** Opens a batch that ends at {@code limit} at the latest, which is asked once the ticks are fixed. */
    Optional<Opened> open(long maxEvents, TickLimit limit) throws SQLException {
        connection.setAutoCommit(false);
        try {
            fixTicks();
            Optional<Opened> batch = openInTransaction(maxEvents, limit.lastTick());
            connection.commit();
            return batch;
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** The first query takes the transaction's snapshot. */
    private void fixTicks() throws SQLException {
        try (Statement first = connection.createStatement()) {
            first.execute("set transaction isolation level repeatable read; select");
        }
    }

    private Optional<Opened> openInTransaction(long maxEvents, long lastTick) throws SQLException {
        String span = null;
        boolean ahead = false;
        if (maxEvents > 0 || lastTick < TickLimit.NEVER) {
            try (PreparedStatement statement = connection.prepareStatement(FAR)) {
                PgqClient.bind(statement, queue, consumer, lastTick, maxEvents);
                try (ResultSet row = statement.executeQuery()) {
                    // a consumer that is not registered gets the server's own error below
                    if (row.next()) {
                        if (row.getLong(1) >= lastTick) {
                            return Optional.empty();
                        }
                        span = row.getString(2);
                        ahead = row.getBoolean(3);
                    }
                }
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(OPEN)) {
            PgqClient.bind(statement, queue, consumer, span);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (ahead) { // our own PgQ has refused this above, and more
                    throw new PgqException("queue " + queue + ": the tick of consumer " + consumer
                            + " has transaction ids that this server has not assigned yet: the database was brought here"
                            + " from another cluster by dump and restore; drop the queue and create it again");
                }
                long id = row.getLong(1);
                return row.wasNull() ? Optional.empty() : Optional.of(new Opened(id, tick(row, 2), tick(row, 5)));
            }
        }
    }

    private static Tick tick(ResultSet row, int first) throws SQLException {
        return new Tick(row.getLong(first), row.getObject(first + 1, OffsetDateTime.class), row.getLong(first + 2));
    }
}
