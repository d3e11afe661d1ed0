package io.londiste.pgq;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * Opens batches that span several ticks but never extend past a given one.
 *
 * <p>PgQ offers {@code next_batch_custom}, which takes a minimum time span. If the newest tick lies within twice that
 * span, the batch ends at the newest tick, otherwise at the first tick that is far enough away. Therefore a desired end
 * is reached exactly if it is the newest tick, or if it lies in the first half of the time to the newest one; a later
 * end is reached by several batches, each of which covers half of the rest. A repeatable-read transaction keeps the
 * newest tick the same for both queries.
 */
final class BatchOpener {
    /** The number of ticks that are considered for one batch; the next batch continues from there. */
    private static final int MAX_TICKS = 5000;

    /** Each part reads the possibly long tick table by its index, from one end. */
    private static final String LONGEST_SPAN = """
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
            """.formatted(MAX_TICKS);

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

    /** A batch with the ticks between which it lies. */
    record Opened(long id, Tick previousTick, Tick tick) {}

    /** The number of columns of a batch. */
    static final int RECEIVED_COLUMNS = 7;

    /** The consumer's tick, and the span of the batch to open; null if no later tick is allowed. */
    private record Reach(long tick, String span, boolean ahead) {}

    /** Opens a batch that ends at {@code limit} at the latest, which is called once the visible ticks are fixed. */
    Optional<Opened> open(long maxEvents, TickLimit limit) throws SQLException {
        return Sql.transaction(connection, () -> {
            // the empty query takes the snapshot
            Sql.execute(connection, "set transaction isolation level repeatable read; select");
            return openInTransaction(maxEvents, limit.lastTick());
        });
    }

    private Optional<Opened> openInTransaction(long maxEvents, long lastTick) throws SQLException {
        String span = null;
        boolean ahead = false;
        if (maxEvents > 0 || lastTick < TickLimit.NEVER) {
            var reach = Sql.first(
                    connection,
                    LONGEST_SPAN,
                    row -> new Reach(row.getLong(1), row.getString(2), row.getBoolean(3)),
                    queue,
                    consumer,
                    lastTick,
                    maxEvents);
            if (reach.isPresent() && reach.get().tick() >= lastTick) {
                return Optional.empty();
            }
            ahead = reach.map(Reach::ahead).orElse(false);
            span = reach.map(Reach::span).orElse(null); // if the consumer is not registered, OPEN fails
        }
        var batch = Sql.first(connection, OPEN, BatchOpener::opened, queue, consumer, span);
        if (ahead) { // our own PgQ has refused this already, with the command that adopts the queue
            throw new PgqException("queue " + queue + ": the tick of consumer " + consumer
                    + " has transaction ids that this server has not assigned yet: the database was moved here from another"
                    + " cluster by dump and restore; drop the queue and create it again");
        }
        return batch;
    }

    /** Null if there is no batch. */
    private static Opened opened(ResultSet row) throws SQLException {
        return row.getObject(1) == null ? null : received(row);
    }

    /** The batch in the first columns of the row. */
    static Opened received(ResultSet row) throws SQLException {
        return new Opened(row.getLong(1), tick(row, 2), tick(row, 5));
    }

    private static Tick tick(ResultSet row, int first) throws SQLException {
        return new Tick(row.getLong(first), row.getObject(first + 1, OffsetDateTime.class), row.getLong(first + 2));
    }
}
