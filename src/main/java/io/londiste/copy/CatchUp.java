package io.londiste.copy;

import io.londiste.db.Transactions;
import io.londiste.error.LondisteException;
import io.londiste.pgq.Batch;
import io.londiste.pgq.NotRegisteredException;
import io.londiste.pgq.PgqClient;
import io.londiste.pgq.PgqConstants;
import io.londiste.pgq.Tick;
import io.londiste.pgq.TickLimit;
import io.londiste.table.SubscribedTable;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableLife;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the route {@code catch-up}, which brings a copied table to the tick where the replay is, by batches of a
 * its own consumer. The route asks for the {@linkplain #stage stage} and takes the steps for it, until it is
 * {@link Stage#DONE}.
 *
 * <p>The table's progress is kept in the exchange. Safe for use by several threads, each with its own exchange.
 */
public final class CatchUp {
    /** The exchange property with the {@link TableCopy} that is caught up. */
    public static final String COPY = "LondisteCopy";

    /** What is to be done next. */
    public enum Stage {
        /** There may be batches up to the newest tick. */
        BEHIND,
        /** The newest tick was reached quickly: the replay may be asked to meet the table. */
        NEAR,
        /** The replay has been asked, and is still to come to the table's tick. */
        WAITING,
        /** The replay waits at a tick that the table has not reached. */
        CALLED,
        /** The table is at the tick where the replay waits, or past it. */
        ARRIVED,
        /** The table is in sync, removed, or to be copied again. */
        DONE
    }

    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
    private static final String VIEW = "LondisteCatchUp";
    private static final String GOAL = "LondisteGoal";
    private static final String ASKED = "LondisteAsked";
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    /** A table that reached the newest tick within this time is near enough for the replay to wait. */
    private static final Duration NEAR = Duration.ofSeconds(2);

    private final String queue;
    private final long maxEvents;
    private final PgqClient pgq;
    private final DataSource subscriber;
    private final SubscribedTables tables;
    private final TableLife life;
    private final Handover handover;

    public CatchUp(
            String queue,
            long maxEvents,
            PgqClient pgq,
            DataSource subscriber,
            SubscribedTables tables,
            TableLife life,
            Handover handover) {
        this.queue = queue;
        this.maxEvents = maxEvents;
        this.pgq = pgq;
        this.subscriber = subscriber;
        this.tables = tables;
        this.life = life;
        this.handover = handover;
    }

    /**
     * The table as it was when the stage was determined.
     *
     * @param changes the handover's number of changes before
     * @param position the tick that the table's consumer has finished
     */
    private record View(SubscribedTable table, long changes, long position) {}

    /** The newest tick when the table last had nothing left to apply. */
    private record Goal(long tick, long sinceNanos) {
        boolean isReached(long position) {
            return position >= tick;
        }

        boolean isRecent() {
            return System.nanoTime() - sinceNanos < NEAR.toNanos();
        }
    }

    /**
     * Determines what is to be done next.
     *
     * @throws LondisteException if the route is to stop, or the table's consumer is not registered any more
     */
    public Stage stage(Exchange exchange) throws SQLException {
        TableCopy copy = copy(exchange);
        if (!exchange.getContext().getStatus().isStarted()) {
            throw new LondisteException("stopped while table " + copy.table() + " was catching up");
        }
        long changes = handover.changes();
        Optional<SubscribedTable> found =
                Transactions.call(subscriber, transaction -> tables.find(transaction, copy.table()));
        if (found.isEmpty()) {
            LOG.info("{} is not subscribed any more", copy.table());
            return Stage.DONE;
        }
        SubscribedTable table = found.get();
        return switch (table.state().phase()) {
            case CATCHING_UP -> {
                long position = view(exchange, table, changes);
                Goal goal = exchange.getProperty(GOAL, Goal.class);
                yield goal != null && goal.isReached(position) && goal.isRecent() ? Stage.NEAR : Stage.BEHIND;
            }
            case WANNA_SYNC -> {
                view(exchange, table, changes);
                yield Stage.WAITING;
            }
            case DO_SYNC -> view(exchange, table, changes) < table.state().tick() ? Stage.CALLED : Stage.ARRIVED;
            default -> {
                LOG.info("{} is {}", copy.table(), table.state());
                yield Stage.DONE;
            }
        };
    }

    /** Records the table's progress in the exchange; returns the position of its consumer. */
    private long view(Exchange exchange, SubscribedTable table, long changes) throws SQLException {
        TableCopy copy = copy(exchange);
        long position = pgq.position(queue, copy.consumer()).orElseThrow(() -> lost(copy));
        exchange.setProperty(VIEW, new View(table, changes, position));
        return position;
    }

    /** The next batch up to the newest tick; null if there is none. */
    public Batch next(Exchange exchange) throws SQLException {
        long position = view(exchange).position;
        Goal goal = exchange.getProperty(GOAL, Goal.class);
        if (goal == null || goal.isReached(position)) {
            long newest = pgq.lastTick(queue).map(Tick::id).orElse(position);
            exchange.setProperty(GOAL, new Goal(newest, System.nanoTime()));
        }
        return next(copy(exchange), TickLimit.NONE);
    }

    /** The next batch up to the tick where the replay waits; null if there is none. */
    public Batch nextToMeet(Exchange exchange) throws SQLException {
        long tick = view(exchange).table.state().tick();
        return next(copy(exchange), () -> tick);
    }

    private Batch next(TableCopy copy, TickLimit limit) throws SQLException {
        try {
            return pgq.nextBatch(queue, copy.consumer(), maxEvents, limit).orElse(null);
        } catch (NotRegisteredException e) {
            throw lost(copy);
        }
    }

    /**
     * Finishes the batch, which is applied and committed. If a script is in it, nothing of it was applied: the replay executes
     * the script, and is to take the table over before.
     */
    public void finish(Exchange exchange) throws SQLException {
        Batch batch = exchange.getMessage().getBody(Batch.class);
        batch.close();
        if (exchange.getMessage().removeHeader(PgqConstants.LAST_TICK_ID) != null) {
            pgq.closeBatch(batch);
            wantSync(exchange);
            return;
        }
        pgq.finishBatch(batch);
        handover.changed();
    }

    /** Sets {@code wanna-sync}, so that the replay waits for the table. */
    public void wantSync(Exchange exchange) throws SQLException {
        View view = view(exchange);
        Transactions.run(subscriber, transaction -> life.wantsSync(transaction, view.table, view.position));
        handover.changed();
    }

    /**
     * Makes the queue tick periodically: the replay gets no batch from an idle queue, and would not reach the table.
     */
    public void callReplay(Exchange exchange) throws SQLException {
        Long before = exchange.getProperty(ASKED, Long.class);
        if (before == null || System.nanoTime() - before >= ASK_AGAIN.toNanos()) {
            pgq.forceTick(queue);
            exchange.setProperty(ASKED, System.nanoTime());
        }
    }

    /** Waits until a table's state has changed in this process, or for a moment. */
    public void awaitReplay(Exchange exchange) {
        handover.await(view(exchange).changes);
    }

    /**
     * Hands the table over to the replay that waits for it; a table that is past that tick waits for the replay again.
     */
    public void meet(Exchange exchange) throws SQLException {
        View view = view(exchange);
        long tick = view.table.state().tick();
        Transactions.run(subscriber, transaction -> {
            if (view.position == tick) {
                life.inSync(transaction, view.table.name(), tick);
            } else {
                life.wantsSync(transaction, view.table, view.position);
            }
        });
        handover.changed();
    }

    private LondisteException lost(TableCopy copy) {
        return new LondisteException("its consumer " + copy.consumer() + " is not registered on queue " + queue
                + " any more, so changes of the table may be lost; copy it again (subscriber resync " + copy.table()
                + ")");
    }

    private static TableCopy copy(Exchange exchange) {
        return exchange.getProperty(COPY, TableCopy.class);
    }

    private static View view(Exchange exchange) {
        return exchange.getProperty(VIEW, View.class);
    }
}
