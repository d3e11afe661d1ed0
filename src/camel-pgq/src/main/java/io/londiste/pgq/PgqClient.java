package io.londiste.pgq;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * PgQ's SQL functions as Java methods.
 *
 * <p>Each call borrows a connection and is one transaction, except those that take a connection. Safe for use by several
 * threads. Every method throws the {@link SQLException} of the server or driver unchanged.
 */
public final class PgqClient {
    private static final int DEFAULT_FETCH_SIZE = 1000;

    private static final String TICKS = "select tick_id, tick_time, coalesce(tick_event_seq, 0) from pgq.tick"
            + " join pgq.queue on queue_id = tick_queue";

    /** Only our own PgQ has it, since the version in which it was added. */
    private static final String CAN_RECEIVE = "select coalesce(has_function_privilege(to_regprocedure("
            + "'pgq.receive_batch(text,text,bigint,bigint,bigint,integer)'), 'execute'), false)";

    private static final String RECEIVE =
            "select batch_id, prev_tick_id, prev_tick_time, prev_tick_event_seq, cur_tick_id, cur_tick_time, cur_tick_event_seq, "
                    + EventCursor.COLUMNS + " from pgq.receive_batch(?, ?, ?, ?, ?, ?)";

    private final DataSource source;
    private final PageSize pages;
    /** Whether the server has {@link #RECEIVE}; null: not yet known. */
    private volatile Boolean canReceive;

    public PgqClient(DataSource source) {
        this(source, DEFAULT_FETCH_SIZE);
    }

    /** @param fetchSize number of events that a batch holds in memory at a time at most, at least 1 */
    public PgqClient(DataSource source, int fetchSize) {
        if (fetchSize < 1) {
            throw new IllegalArgumentException("fetchSize must be at least 1, not " + fetchSize);
        }
        this.source = source;
        this.pages = new PageSize(fetchSize);
    }

    /** Whether PgQ is installed, ours or the original extension. */
    public boolean isInstalled() throws SQLException {
        return first("select to_regclass('pgq.queue') is not null", row -> row.getBoolean(1))
                .orElseThrow();
    }

    /** The result of {@code pgq.version()}. */
    public String version() throws SQLException {
        return first("select pgq.version()", row -> row.getString(1)).orElseThrow();
    }

    /** The number of the last change of our PgQ, from {@code pgq.implementation()}; 0 if it is another one, or none. */
    public int implementation() throws SQLException {
        try (Connection connection = source.getConnection()) {
            return implementation(connection);
        }
    }

    /** Does the same as {@link #implementation()} as part of the caller's transaction. */
    public static int implementation(Connection transaction) throws SQLException {
        boolean ours = Sql.number(transaction, "select count(to_regprocedure('pgq.implementation()'))") == 1;
        return ours
                ? (int) Sql.number(transaction, "select substring(pgq.implementation() from '[0-9]+$')::bigint")
                : 0;
    }

    public boolean queueExists(String queue) throws SQLException {
        return first("select exists (select from pgq.queue where queue_name = ?)", row -> row.getBoolean(1), queue)
                .orElseThrow();
    }

    /** Returns whether the queue is new. */
    public boolean createQueue(String queue) throws SQLException {
        return number("select pgq.create_queue(?)", queue) == 1;
    }

    /** Drops the queue with its events. Fails while consumers are registered, unless {@code force}. */
    public void dropQueue(String queue, boolean force) throws SQLException {
        number("select pgq.drop_queue(?, ?)", queue, force);
    }

    /** Sets a parameter of the queue by {@code pgq.set_queue_config}; its name has no prefix {@code queue_}. */
    public void configure(String queue, String parameter, String value) throws SQLException {
        number("select pgq.set_queue_config(?, ?, ?)", queue, parameter, value);
    }

    /** Does the same as {@link #configure(String, String, String)} as part of the caller's transaction. */
    public static void configure(Connection transaction, String queue, String parameter, String value)
            throws SQLException {
        Sql.number(transaction, "select pgq.set_queue_config(?, ?, ?)", queue, parameter, value);
    }

    /**
     * Makes queues usable that dump and restore moved here from another database cluster: drops their events and starts
     * them again. Returns the number of queues; 0 if they belong to this cluster, and nothing was changed.
     *
     * @throws SQLException also on the original PgQ, which does not have this
     */
    public static long adoptQueues(Connection connection) throws SQLException {
        return Sql.number(connection, "select pgq.adopt_queues()");
    }

    /** All queues, by name. */
    public List<QueueInfo> queues() throws SQLException {
        return list(QueueInfo.QUERY, QueueInfo::read);
    }

    /** All consumers of all queues, by queue and name. */
    public List<ConsumerInfo> consumers() throws SQLException {
        return list(ConsumerInfo.QUERY, ConsumerInfo::read);
    }

    /** Returns whether the consumer is new; a registered one keeps its position. */
    public boolean registerConsumer(String queue, String consumer) throws SQLException {
        return number("select pgq.register_consumer(?, ?)", queue, consumer) == 1;
    }

    /** Sets the position of the consumer, new or registered, to the given tick; its open batch is closed. */
    public boolean registerConsumerAt(String queue, String consumer, long tick) throws SQLException {
        return number("select pgq.register_consumer_at(?, ?, ?)", queue, consumer, tick) == 1;
    }

    /** Does the same as {@link #registerConsumerAt(String, String, long)} as part of the caller's transaction. */
    public static void registerConsumerAt(Connection transaction, String queue, String consumer, long tick)
            throws SQLException {
        Sql.number(transaction, "select pgq.register_consumer_at(?, ?, ?)", queue, consumer, tick);
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

    /** The last tick that the consumer has finished; empty if it is not registered. */
    public Optional<Long> position(String queue, String consumer) throws SQLException {
        return first(
                "select sub_last_tick from pgq.subscription join pgq.consumer on co_id = sub_consumer"
                        + " join pgq.queue on queue_id = sub_queue where queue_name = ? and co_name = ?",
                row -> row.getLong(1),
                queue,
                consumer);
    }

    /** The batch that the consumer has open; empty if it has none, or is not registered. */
    Optional<Long> openBatch(String queue, String consumer) throws SQLException {
        return first(
                "select sub_batch from pgq.subscription join pgq.consumer on co_id = sub_consumer"
                        + " join pgq.queue on queue_id = sub_queue where queue_name = ? and co_name = ? and sub_batch is not null",
                row -> row.getLong(1),
                queue,
                consumer);
    }

    /** The newest tick of the queue; empty if there is no such queue. */
    public Optional<Tick> lastTick(String queue) throws SQLException {
        return first(TICKS + " where queue_name = ? order by tick_id desc limit 1", PgqClient::tick, queue);
    }

    /** The oldest tick of the queue that still exists; empty if there is no such queue. */
    public Optional<Tick> firstTick(String queue) throws SQLException {
        return first(TICKS + " where queue_name = ? order by tick_id limit 1", PgqClient::tick, queue);
    }

    /** The tick with that id; empty if it does not exist or no longer exists. */
    public Optional<Tick> tick(String queue, long id) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return tick(connection, queue, id);
        }
    }

    /**
     * The last tick that does not include what a transaction has written.
     *
     * @param transaction its number, as of an event
     * @param from a tick that does not include it
     */
    public long lastTickBefore(String queue, long transaction, long from) throws SQLException {
        return first(
                        "select tick_id from pgq.tick join pgq.queue on queue_id = tick_queue where queue_name = ? and tick_id >= ?"
                                + " and not txid_visible_in_snapshot(?, tick_snapshot) order by tick_id desc limit 1",
                        row -> row.getLong(1),
                        queue,
                        from,
                        transaction)
                .orElse(from);
    }

    /** As {@link #tick(String, long)}, in the caller's transaction. */
    public static Optional<Tick> tick(Connection transaction, String queue, long id) throws SQLException {
        return Sql.first(transaction, TICKS + " where queue_name = ? and tick_id = ?", PgqClient::tick, queue, id);
    }

    /** The consumer's open batch, or a new one up to the next tick; empty if there is no new tick. */
    public Optional<Batch> nextBatch(String queue, String consumer) throws SQLException {
        return nextBatch(queue, consumer, 0, TickLimit.NONE);
    }

    /**
     * The consumer's open batch, or a new one that spans at least one tick, and as many as have no more than
     * {@code maxEvents} events; empty if there is no new tick.
     *
     * @param limit a new batch ends at its tick at the latest
     * @throws NotRegisteredException if the consumer is not registered on the queue
     */
    public Optional<Batch> nextBatch(String queue, String consumer, long maxEvents, TickLimit limit)
            throws SQLException {
        try (Connection connection = source.getConnection()) {
            return new BatchOpener(connection, queue, consumer)
                    .open(maxEvents, limit)
                    .map(b -> new Batch(source, pages, b, queue, consumer, null));
        } catch (SQLException e) {
            throw notRegistered(queue, consumer, e);
        }
    }

    /**
     * Finishes a batch and opens the consumer's next one, as {@link #finishBatch} and {@link #nextBatch} do; in one round
     * trip, with the first events of the next batch, where the server has our own PgQ. It may then forget in a crash that
     * the batch was finished, and deliver it again. To be repeated with the same batch if it fails.
     *
     * @param finished the batch to finish; null: none
     * @param lastTick the next batch ends at this tick at the latest
     * @throws NotRegisteredException if the consumer is not registered on the queue
     */
    public Optional<Batch> receiveBatch(String queue, String consumer, Batch finished, long maxEvents, long lastTick)
            throws SQLException {
        if (!pages.isMeasured() && canReceive()) {
            try (Connection connection = source.getConnection()) {
                return receive(connection, queue, consumer, finished, maxEvents, lastTick);
            } catch (SQLException e) {
                if (!EventCursor.isBadValue(e)) {
                    throw notRegistered(queue, consumer, e);
                }
                // the events are read in another way
            }
        }
        if (finished != null) {
            finishBatch(finished);
        }
        return nextBatch(queue, consumer, maxEvents, () -> lastTick);
    }

    private Optional<Batch> receive(
            Connection connection, String queue, String consumer, Batch finished, long maxEvents, long lastTick)
            throws SQLException {
        int size = pages.events();
        List<BatchOpener.Opened> opened = new ArrayList<>();
        List<Event> events = Sql.list(
                connection,
                RECEIVE,
                row -> {
                    if (opened.isEmpty()) {
                        opened.add(BatchOpener.received(row));
                        return null;
                    }
                    return EventCursor.event(row, BatchOpener.RECEIVED_COLUMNS + 1);
                },
                queue,
                consumer,
                finished == null ? null : finished.tick().id(),
                maxEvents > 0 ? maxEvents : null,
                lastTick < TickLimit.NEVER ? lastTick : null,
                size);
        return opened.stream()
                .map(batch -> new Batch(
                        source,
                        pages,
                        batch,
                        queue,
                        consumer,
                        new Batch.FirstPage(events.subList(1, events.size()), events.size() > size)))
                .findFirst();
    }

    private boolean canReceive() throws SQLException {
        Boolean known = canReceive;
        if (known == null) {
            known = first(CAN_RECEIVE, row -> row.getBoolean(1)).orElseThrow();
            canReceive = known;
        }
        return known;
    }

    /** Returns the error, or throws what it means if the consumer is not registered. */
    private SQLException notRegistered(String queue, String consumer, SQLException error) {
        if (isGone(queue, consumer, error)) {
            throw new NotRegisteredException(queue, consumer, error);
        }
        return error;
    }

    /** Closes a batch without finishing it: the consumer stays where it is. Does nothing if the batch is not open. */
    public void closeBatch(Batch batch) throws SQLException {
        list(
                "select pgq.register_consumer_at(queue_name, co_name, sub_last_tick) from pgq.subscription"
                        + " join pgq.queue on queue_id = sub_queue join pgq.consumer on co_id = sub_consumer"
                        + " where queue_name = ? and co_name = ? and sub_batch = ?",
                row -> row.getLong(1),
                batch.queue(),
                batch.consumer(),
                batch.id());
    }

    private boolean isGone(String queue, String consumer, SQLException error) {
        try {
            return position(queue, consumer).isEmpty();
        } catch (SQLException e) {
            error.addSuppressed(e);
            return false;
        }
    }

    /** Moves the consumer to the batch's last tick. Returns whether the batch was open. */
    public boolean finishBatch(long batch) throws SQLException {
        return number("select pgq.finish_batch(?)", batch) == 1;
    }

    /**
     * Does the same, if the server still has this batch. It may have forgotten it in a crash, and given its number to
     * another one.
     */
    public boolean finishBatch(Batch batch) throws SQLException {
        return first(
                        "select pgq.finish_batch(sub_batch) from pgq.subscription join pgq.queue on queue_id = sub_queue"
                                + " join pgq.consumer on co_id = sub_consumer where queue_name = ? and co_name = ?"
                                + " and sub_batch = ? and sub_next_tick = ?",
                        row -> row.getInt(1) == 1,
                        batch.queue(),
                        batch.consumer(),
                        batch.id(),
                        batch.tick().id())
                .orElse(false);
    }

    /**
     * Has an event of an open batch delivered again in a later batch, after {@code seconds}. Returns false if it is in the
     * retry queue already.
     */
    public boolean retry(long batch, long event, int seconds) throws SQLException {
        return number("select pgq.event_retry(?, ?, ?)", batch, event, seconds) == 1;
    }

    /** Has an event of an open batch stay in the retry queue until a command takes it out. Returns false if it is there already. */
    public boolean park(long batch, long event) throws SQLException {
        return number("select pgq.event_retry(?, ?, 'infinity'::timestamptz)", batch, event) == 1;
    }

    /** Inserts the events in one transaction and returns their ids. */
    public List<Long> insert(String queue, List<Event> events) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return Sql.transaction(connection, () -> {
                List<Long> ids = new ArrayList<>(events.size());
                for (Event e : events) {
                    ids.add(Sql.number(
                            connection,
                            "select pgq.insert_event(?, ?, ?, ?, ?, ?, ?)",
                            queue,
                            e.type(),
                            e.data(),
                            e.extra1(),
                            e.extra2(),
                            e.extra3(),
                            e.extra4()));
                }
                return ids;
            });
        }
    }

    /** Makes the ticker create a tick in its next run, even if the queue has no or few new events. */
    public void forceTick(String queue) throws SQLException {
        number("select pgq.force_tick(?)", queue);
    }

    /**
     * Creates a tick at once, whether or not a ticker runs.
     *
     * @return the new tick, which includes everything that was committed before the call
     * @throws SQLException also if the queue has an external ticker, or its ticker is paused
     */
    public long tickNow(String queue) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return Sql.transaction(connection, () -> {
                lockTicks(connection);
                Sql.number(connection, "select pgq.force_tick(?)", queue);
                return Sql.number(connection, "select pgq.ticker(?)", queue);
            });
        }
    }

    /**
     * Keeps all other sessions from creating a tick until the transaction ends; waits for one that is creating one. The
     * original tickers do not exclude each other without it. Takes no snapshot.
     */
    public static void lockTicks(Connection transaction) throws SQLException {
        Sql.execute(transaction, "lock table pgq.tick in share row exclusive mode");
    }

    /** Creates ticks for the queues that are due and returns the number of those queues. */
    public long ticker() throws SQLException {
        return number("select pgq.ticker()");
    }

    private long number(String query, Object... parameters) throws SQLException {
        return first(query, row -> row.getLong(1), parameters).orElse(0L);
    }

    private <T> Optional<T> first(String query, Sql.RowReader<T> reader, Object... parameters) throws SQLException {
        return list(query, reader, parameters).stream().findFirst();
    }

    private <T> List<T> list(String query, Sql.RowReader<T> reader, Object... parameters) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return Sql.list(connection, query, reader, parameters);
        }
    }

    private static Tick tick(ResultSet row) throws SQLException {
        return new Tick(row.getLong(1), row.getObject(2, OffsetDateTime.class), row.getLong(3));
    }
}
