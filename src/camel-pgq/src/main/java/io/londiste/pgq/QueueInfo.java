package io.londiste.pgq;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A queue's settings and statistics.
 *
 * @param tables number of event tables in its rotation
 * @param externalTicker whether its ticks are copied from another database; the ticker then skips it
 * @param tickerLag time since its last tick; null if it has none
 * @param eventsPerSecond over the last ticks; null if it has only one
 * @param newEvents approximate number of events since its last tick
 * @param lastTick null if it has none
 */
public record QueueInfo(
        String queue,
        int tables,
        Duration rotationPeriod,
        int tickerMaxCount,
        Duration tickerMaxLag,
        Duration tickerIdlePeriod,
        boolean tickerPaused,
        boolean externalTicker,
        Duration tickerLag,
        Double eventsPerSecond,
        Long newEvents,
        Long lastTick) {
    static final String QUERY = """
            select queue_name, queue_ntables, (extract(epoch from queue_rotation_period) * 1000)::bigint,
              queue_ticker_max_count, (extract(epoch from queue_ticker_max_lag) * 1000)::bigint,
              (extract(epoch from queue_ticker_idle_period) * 1000)::bigint, queue_ticker_paused, queue_external_ticker,
              (extract(epoch from ticker_lag) * 1000)::bigint, ev_per_sec, ev_new, last_tick_id
            from pgq.get_queue_info() order by queue_name
            """;

    static QueueInfo read(ResultSet row) throws SQLException {
        return new QueueInfo(
                row.getString(1),
                row.getInt(2),
                duration(row, 3),
                row.getInt(4),
                duration(row, 5),
                duration(row, 6),
                row.getBoolean(7),
                row.getBoolean(8),
                age(row, 9),
                row.getObject(10, Double.class),
                row.getObject(11, Long.class),
                row.getObject(12, Long.class));
    }

    static Duration duration(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Duration.ofMillis(millis);
    }

    /** The time since something; zero if the server's clock was set back since. */
    static Duration age(ResultSet row, int column) throws SQLException {
        var age = duration(row, column);
        return age != null && age.isNegative() ? Duration.ZERO : age;
    }
}
