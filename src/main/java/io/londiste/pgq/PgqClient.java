package io.londiste.pgq;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * PgQ's SQL functions as Java methods.
 *
 * <p>Each call borrows a connection and is a transaction of its own. Safe for use by several threads.
 * Every method throws {@link SQLException} as the server or driver gave it.
 */
public final class PgqClient {
    private static final int DEFAULT_FETCH_SIZE = 1000;

    private static final String TICKS = "select tick_id, tick_time, coalesce(tick_event_seq, 0) from pgq.tick"
            + " join pgq.queue on queue_id = tick_queue";

    private final DataSource source;
    private final int fetchSize;

    public PgqClient(DataSource source) {
        this(source, DEFAULT_FETCH_SIZE);
    }

    /** @param fetchSize how many events a batch holds in memory at a time, at least 1 */
    public PgqClient(DataSource source, int fetchSize) {
        if (fetchSize < 1) {
            throw new IllegalArgumentException("fetchSize must be at least 1, not " + fetchSize);
        }
        this.source = source;
        this.fetchSize = fetchSize;
    }

    /** Whether schema {@code pgq} is there, ours or the original. */
    public boolean isInstalled() throws SQLException {
        return query("select to_regclass('pgq.queue') is not null", row -> row.getBoolean(1))
                .orElseThrow();
    }

    /** The version that {@code pgq.version()} tells. */
    public String version() throws SQLException {
        return query("select pgq.version()", row -> row.getString(1)).orElseThrow();
    }

    public boolean queueExists(String queue) throws SQLException {
        return query("select exists (select from pgq.queue where queue_name = ?)", row -> row.getBoolean(1), queue)
                .orElseThrow();
    }

    /** Returns whether the queue is new. */
    public boolean createQueue(String queue) throws SQLException {
        return number("select pgq.create_queue(?)", queue) == 1;
    }

    /** Fails while consumers are registered, unless {@code force}. */
    public void dropQueue(String queue, boolean force) throws SQLException {
        number("select pgq.drop_queue(?, ?)", queue, force);
    }

    /** Sets a parameter of the queue by its name without {@code queue_}, as {@code pgq.set_queue_config} does. */
    public void configure(String queue, String parameter, String value) throws SQLException {
        number("select pgq.set_queue_config(?, ?, ?)", queue, parameter, value);
    }

    /** As the other, as part of a transaction of the caller's. */
    public static void configure(Connection transaction, String queue, String parameter, String value)
            throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement("select pgq.set_queue_config(?, ?, ?)")) {
            bind(statement, queue, parameter, value);
            statement.execute();
        }
    }

    /** All queues, by name. */
    public List<QueueInfo> queues() throws SQLException {
        return list(QueueInfo.QUERY, QueueInfo::read);
    }

    /** All consumers of all queues, by queue and name. */
    public List<ConsumerInfo> consumers() throws SQLException {
        return list(ConsumerInfo.QUERY, ConsumerInfo::read);
    }

    /** Returns whether the consumer is new; a known one keeps its place. */
    public boolean registerConsumer(String queue, String consumer) throws SQLException {
        return number("select pgq.register_consumer(?, ?)", queue, consumer) == 1;
    }

    /** Puts the consumer, new or known, behind the given tick; a batch that it had open is dropped. */
    public boolean registerConsumerAt(String queue, String consumer, long tick) throws SQLException {
        return number("select pgq.register_consumer_at(?, ?, ?)", queue, consumer, tick) == 1;
    }

    /** As the other, as part of a transaction of the caller's. */
    public static void registerConsumerAt(Connection transaction, String queue, String consumer, long tick)
            throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement("select pgq.register_consumer_at(?, ?, ?)")) {
            bind(statement, queue, consumer, tick);
            statement.execute();
        }
    }

    /** Returns whether it was registered. */
    public boolean unregisterConsumer(String queue, String consumer) throws SQLException {
        if (position(queue, consumer).isEmpty()) {
            return false;
        }
        return number("select pgq.unregister_consumer(?, ?)", queue, consumer) > 0;
    }

    /** The consumers of the queue, by name. */
    public List<String> consumers(String queue) throws SQLException {
        return list(
                "select co_name from pgq.consumer join pgq.subscription on sub_consumer = co_id"
                        + " join pgq.queue on queue_id = sub_queue where queue_name = ? order by co_name",
                row -> row.getString(1),
                queue);
    }

    /** The tick up to which the consumer has finished; empty if it is not registered. */
    public Optional<Long> position(String queue, String consumer) throws SQLException {
        return query(
                "select sub_last_tick from pgq.subscription join pgq.consumer on co_id = sub_consumer"
                        + " join pgq.queue on queue_id = sub_queue where queue_name = ? and co_name = ?",
                row -> row.getLong(1),
                queue,
                consumer);
    }

    /** The newest tick of the queue; empty if there is no such queue. */
    public Optional<Tick> lastTick(String queue) throws SQLException {
        return query(TICKS + " where queue_name = ? order by tick_id desc limit 1", PgqClient::tick, queue);
    }

    /** The oldest tick of the queue that is still there; empty if there is no such queue. */
    public Optional<Tick> firstTick(String queue) throws SQLException {
        return query(TICKS + " where queue_name = ? order by tick_id limit 1", PgqClient::tick, queue);
    }

    /** The tick with that id; empty if it is gone or never was. */
    public Optional<Tick> tick(String queue, long id) throws SQLException {
        return query(TICKS + " where queue_name = ? and tick_id = ?", PgqClient::tick, queue, id);
    }

    /** The consumer's open batch, or a new one up to the next tick; empty when there is none. */
    public Optional<Batch> nextBatch(String queue, String consumer) throws SQLException {
        return nextBatch(queue, consumer, 0, TickLimit.NONE);
    }

    /**
     * The consumer's open batch, or a new one over as many ticks as hold at most {@code maxEvents} events, but always
     * over one at least; empty when there is none.
     *
     * @param limit a new batch ends at its tick at the latest
     * @throws NotRegisteredException if the consumer is not registered on the queue
     */
    public Optional<Batch> nextBatch(String queue, String consumer, long maxEvents, TickLimit limit)
            throws SQLException {
        try (Connection connection = source.getConnection()) {
            return new BatchOpener(connection, queue, consumer)
                    .open(maxEvents, limit)
                    .map(b -> new Batch(source, fetchSize, b.id(), queue, consumer, b.previousTick(), b.tick()));
        } catch (SQLException e) {
            if (isGone(queue, consumer, e)) {
                throw new NotRegisteredException(queue, consumer, e);
            }
            throw e;
        }
    }

    private boolean isGone(String queue, String consumer, SQLException error) {
        try {
            return position(queue, consumer).isEmpty();
        } catch (SQLException e) {
            error.addSuppressed(e);
            return false;
        }
    }

    /** Returns whether the batch was open. The consumer stands at the batch's last tick afterwards. */
    public boolean finishBatch(long batch) throws SQLException {
        return number("select pgq.finish_batch(?)", batch) == 1;
    }

    /** Puts an event of an open batch back, to come again. Returns false if it was put back already. */
    public boolean retry(long batch, long event, int seconds) throws SQLException {
        return number("select pgq.event_retry(?, ?, ?)", batch, event, seconds) == 1;
    }

    /** Inserts the events in one transaction and returns their ids. */
    public List<Long> insert(String queue, List<Event> events) throws SQLException {
        List<Long> ids = new ArrayList<>(events.size());
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement =
                    connection.prepareStatement("select pgq.insert_event(?, ?, ?, ?, ?, ?, ?)")) {
                for (Event e : events) {
                    bind(statement, queue, e.type(), e.data(), e.extra1(), e.extra2(), e.extra3(), e.extra4());
                    try (ResultSet row = statement.executeQuery()) {
                        row.next();
                        ids.add(row.getLong(1));
                    }
                }
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
        return ids;
    }

    /** Makes the next look of the ticker tick this queue, however little has happened. */
    public void forceTick(String queue) throws SQLException {
        number("select pgq.force_tick(?)", queue);
    }

    /**
     * Ticks the queue at once, whether or not a ticker runs.
     *
     * @return the new tick, which has all that was committed before the call
     * @throws SQLException also if the queue gets its ticks from elsewhere or is paused
     */
    public long tickNow(String queue) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                lockTicks(connection);
                number(connection, "select pgq.force_tick(?)", queue);
                long tick = number(connection, "select pgq.ticker(?)", queue);
                connection.commit();
                return tick;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    /**
     * Keeps all other sessions from making a tick until the transaction ends; waits for one that is making one. The
     * original tickers do not exclude each other without it. Takes no snapshot.
     */
    public static void lockTicks(Connection transaction) throws SQLException {
        try (Statement lock = transaction.createStatement()) {
            lock.execute("lock table pgq.tick in share row exclusive mode");
        }
    }

    /** Ticks the queues that are due and returns how many. */
    public long ticker() throws SQLException {
        return number("select pgq.ticker()");
    }

    private long number(String sql, Object... parameters) throws SQLException {
        return query(sql, row -> row.getLong(1), parameters).orElse(0L);
    }

    private static long number(Connection connection, String sql, Object... parameters) throws SQLException {
        return list(connection, sql, row -> row.getLong(1), parameters).get(0);
    }

    private <T> Optional<T> query(String sql, RowReader<T> reader, Object... parameters) throws SQLException {
        return list(sql, reader, parameters).stream().findFirst();
    }

    private <T> List<T> list(String sql, RowReader<T> reader, Object... parameters) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return list(connection, sql, reader, parameters);
        }
    }

    private static <T> List<T> list(Connection connection, String sql, RowReader<T> reader, Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> result = new ArrayList<>();
                while (rows.next()) {
                    result.add(reader.read(rows));
                }
                return result;
            }
        }
    }

    static void bind(PreparedStatement statement, Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }

    private static Tick tick(ResultSet row) throws SQLException {
        return new Tick(row.getLong(1), row.getObject(2, OffsetDateTime.class), row.getLong(3));
    }

    @FunctionalInterface
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }
}
