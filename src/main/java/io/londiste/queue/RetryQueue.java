package io.londiste.queue;

import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.error.LondisteException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of a database's queues that consumers could not process: {@code pgq.retry_queue}, which our PgQ and the original
 * extension have. An event whose time is infinity is parked: the ticker never puts it back.
 */
final class RetryQueue {
    private static final Logger LOG = LoggerFactory.getLogger(RetryQueue.class);

    private static final String OF_QUEUE = " from pgq.retry_queue join pgq.subscription on sub_id = ev_owner"
            + " join pgq.consumer on co_id = sub_consumer join pgq.queue on queue_id = sub_queue where queue_name = ?";

    private static final String OF_CONSUMER = " where ev_owner = (select sub_id from pgq.subscription"
            + " join pgq.consumer on co_id = sub_consumer join pgq.queue on queue_id = sub_queue"
            + " where queue_name = ? and co_name = ?)";

    private static final String CHOSEN = OF_CONSUMER + " and ev_id = any (?::bigint[])";

    private final Database database;

    RetryQueue(Database database) {
        this.database = database;
    }

    /** The failed events of a queue by consumer and number; consumer null: of all consumers. */
    List<FailedEvent> list(String queue, String consumer) {
        return database.rows(
                "select co_name, ev_id, ev_time, ev_retry, nullif(ev_retry_after, 'infinity'), ev_type, ev_data, ev_extra1,"
                        + " ev_extra2, ev_extra3, ev_extra4" + OF_QUEUE + " and co_name = coalesce(?, co_name)"
                        + " order by co_name, ev_id",
                RetryQueue::read,
                queue,
                consumer);
    }

    private static FailedEvent read(ResultSet row) throws SQLException {
        return new FailedEvent(
                row.getString(1),
                row.getLong(2),
                time(row, 3),
                row.getInt(4),
                time(row, 5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getString(11));
    }

    private static Instant time(ResultSet row, int column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** Puts events into their queue again, so that the consumer gets them with the next tick. All or none. */
    void retry(String queue, String consumer, EventSelection events, Duration lockTimeout) {
        int retried = database.transaction(lockTimeout, connection -> {
            int due = update(connection, "update pgq.retry_queue set ev_retry_after = now()", queue, consumer, events);
            while (Jdbc.only(connection, "select pgq.maint_retry_events()", row -> row.getInt(1)) > 0) {
                LOG.debug("events were put into their queues again");
            }
            return due;
        });
        LOG.info("Put {} of {} into queue {} again", events(retried), consumer, queue);
    }

    /** Deletes events; the consumer never gets them. All or none. */
    void discard(String queue, String consumer, EventSelection events, Duration lockTimeout) {
        int discarded = database.transaction(
                lockTimeout, connection -> update(connection, "delete from pgq.retry_queue", queue, consumer, events));
        LOG.info("Discarded {} of {} on queue {}", events(discarded), consumer, queue);
    }

    private int update(Connection connection, String change, String queue, String consumer, EventSelection events)
            throws SQLException {
        if (events.all()) {
            return Jdbc.update(connection, change + OF_CONSUMER, queue, consumer);
        }
        var chosen = events.ids().stream().map(String::valueOf).toArray(String[]::new);
        var found = Jdbc.list(
                connection, change + CHOSEN + " returning ev_id", row -> row.getLong(1), queue, consumer, chosen);
        var missing = new ArrayList<>(events.ids());
        missing.removeAll(found);
        if (!missing.isEmpty()) {
            throw new LondisteException(database + ": queue " + queue + " has no failed event "
                    + missing.stream().map(String::valueOf).collect(Collectors.joining(", ")) + " of " + consumer
                    + "; list them with: pgqadm " + database.file() + " failed " + queue);
        }
        return found.size();
    }

    private static String events(int number) {
        return number + (number == 1 ? " event" : " events");
    }
}
