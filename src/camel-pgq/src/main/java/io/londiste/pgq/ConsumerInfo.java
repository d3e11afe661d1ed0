package io.londiste.pgq;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The position of a consumer in a queue.
 *
 * @param lag age of the last tick that it has finished; null if that tick no longer exists
 * @param lastSeen time since it last opened or finished a batch
 * @param lastTick the last tick that it has finished
 * @param currentBatch its open batch; null if there is none
 * @param pendingEvents approximate number of events between its position and the queue's last tick
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
                QueueInfo.age(row, 3),
                QueueInfo.age(row, 4),
                row.getObject(5, Long.class),
                row.getObject(6, Long.class),
                row.getObject(7, Long.class));
    }
}
