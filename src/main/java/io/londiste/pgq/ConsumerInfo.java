package io.londiste.pgq;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * How far a consumer has come on a queue.
 *
 * @param lag age of the tick that it has come to; null when that tick is gone
 * @param lastSeen time since it last opened or finished a batch
 * @param lastTick the tick that it has come to
 * @param currentBatch the batch that it has open; null when there is none
 * @param pendingEvents about how many events lie between it and the queue's last tick
 */
public record ConsumerInfo(
        String queue,
        String consumer,
        Duration lag,
        Duration lastSeen,
        Long lastTick,
        Long currentBatch,
        Long pendingEvents) {
    static final String QUERY = """
            select queue_name, consumer_name, (extract(epoch from lag) * 1000)::bigint,
              (extract(epoch from last_seen) * 1000)::bigint, last_tick, current_batch, pending_events
            from pgq.get_consumer_info() order by queue_name, consumer_name
            """;

    static ConsumerInfo read(ResultSet row) throws SQLException {
        return new ConsumerInfo(
                row.getString(1),
                row.getString(2),
                QueueInfo.duration(row, 3),
                QueueInfo.duration(row, 4),
                row.getObject(5, Long.class),
                row.getObject(6, Long.class),
                row.getObject(7, Long.class));
    }
}
