package io.londiste.copy;

import io.londiste.db.Transactions;
import io.londiste.error.LondisteException;
import io.londiste.pgq.Batch;
import io.londiste.pgq.PgqClient;
import io.londiste.pgq.Tick;
import io.londiste.pgq.TickLimit;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableState;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a copied table up to where the replay stands, by batches of a consumer of its own.
 *
 * <p>It runs after the newest tick until it reaches one quickly; then it says {@code wanna-sync} and waits for the
 * replay to say {@code do-sync} with the tick at which it stands, and goes exactly there.
 */
public final class CatchUp {
    /** The exchange property with the {@link TableCopy} that is caught up. */
    public static final String COPY = "LondisteCopy";

    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
    private static final String GOAL = "LondisteGoal";
    private static final String ASKED = "LondisteAsked";
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    /** A goal that was reached within this time is near enough for the replay to wait. */
    private static final Duration NEAR = Duration.ofSeconds(2);

    private final String queue;
    private final long maxEvents;
    private final PgqClient pgq;
    private final DataSource subscriber;
    private final SubscribedTables tables;
    private final Handover handover;

    public CatchUp(
            String queue,
            long maxEvents,
            PgqClient pgq,
            DataSource subscriber,
            SubscribedTables tables,
            Handover handover) {
        this.queue = queue;
        this.maxEvents = maxEvents;
        this.pgq = pgq;
        this.subscriber = subscriber;
        this.tables = tables;
        this.handover = handover;
    }

    /** The newest tick when the catch-up last looked up. */
    private record Goal(long tick, long sinceNanos) {}

    /**
     * The table's next batch; waits for the replay where that is due.
     *
     * @return null when there is nothing left to do: the table is ok, or it is not to be caught up any more
     */
    public Batch next(Exchange exchange) throws SQLException {
        TableCopy copy = exchange.getProperty(COPY, TableCopy.class);
        while (exchange.getContext().getStatus().isStarted()) {
            long seen = handover.changes();
            TableState state = state(copy);
            Optional<Batch> batch = Optional.empty();
            switch (state.phase()) {
                case CATCHING_UP -> batch = follow(copy, exchange);
                case WANNA_SYNC -> {
                    askReplay(exchange);
                    handover.await(seen);
                }
                case DO_SYNC -> {
                    batch = pgq.nextBatch(queue, copy.consumer(), maxEvents, state::tick);
                    if (batch.isEmpty()) {
                        arrive(copy, state);
                    }
                }
                default -> {
                    LOG.info("{} is {}", copy.table(), state);
                    return null;
                }
            }
            if (batch.isPresent()) {
                return batch.get();
            }
        }
        throw new LondisteException("stopped while table " + copy.table() + " was catching up");
    }

    /** The batch is applied and committed. */
    public void finish(Batch batch) throws SQLException {
        batch.close();
        pgq.finishBatch(batch.id());
        handover.changed();
    }

    private TableState state(TableCopy copy) throws SQLException {
        return Transactions.call(subscriber, transaction -> tables.find(transaction, copy.table()))
                .map(SubscribedTable::state)
                .orElse(TableState.NEW);
    }

    /** Has the queue ticked now and then, since an idle one would keep the replay from coming. */
    private void askReplay(Exchange exchange) throws SQLException {
        Long before = exchange.getProperty(ASKED, Long.class);
        if (before == null || System.nanoTime() - before >= ASK_AGAIN.toNanos()) {
            pgq.forceTick(queue);
            exchange.setProperty(ASKED, System.nanoTime());
        }
    }

    /** The next batch towards the newest tick; none when the table is near enough and the replay was told so. */
    private Optional<Batch> follow(TableCopy copy, Exchange exchange) throws SQLException {
        long position = pgq.position(queue, copy.consumer())
                .orElseThrow(() -> new LondisteException("consumer " + copy.consumer() + " of queue " + queue
                        + " is gone; remove the table from the subscriber and add it again"));
        Goal goal = exchange.getProperty(GOAL, Goal.class);
        boolean near = goal != null && position >= goal.tick && System.nanoTime() - goal.sinceNanos < NEAR.toNanos();
        if (near) {
            set(copy, TableState.CATCHING_UP, TableState.wannaSync(position));
            return Optional.empty();
        }
        if (goal == null || position >= goal.tick) {
            long newest = pgq.lastTick(queue).map(Tick::id).orElse(position);
            exchange.setProperty(GOAL, new Goal(newest, System.nanoTime()));
        }
        return pgq.nextBatch(queue, copy.consumer(), maxEvents, TickLimit.NONE);
    }

    /** There is no batch left before the tick where the replay stands: the table is there, or even further. */
    private void arrive(TableCopy copy, TableState state) throws SQLException {
        long position = pgq.position(queue, copy.consumer()).orElse(state.tick());
        set(copy, state, position == state.tick() ? TableState.OK : TableState.wannaSync(position));
    }

    private void set(TableCopy copy, TableState before, TableState after) throws SQLException {
        Transactions.run(subscriber, transaction -> {
            boolean unchanged = tables.find(transaction, copy.table())
                    .filter(table -> table.state().equals(before))
                    .isPresent();
            if (unchanged) {
                tables.setState(transaction, copy.table(), after);
            }
        });
        handover.changed();
    }
}
