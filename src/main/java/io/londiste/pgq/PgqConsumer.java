package io.londiste.pgq;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.ScheduledPollConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates one exchange for each batch. The outcome of the exchange decides whether the batch is finished or is delivered
 * again.
 */
public class PgqConsumer extends ScheduledPollConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(PgqConsumer.class);

    /** How long a stop waits until the current batch is finished. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    /** How often a tick limit is checked while there is one; no notification is sent when it is removed. */
    private static final Duration LIMIT_POLL_INTERVAL = Duration.ofMillis(20);

    /** Differences between clocks that are smaller do no harm. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(5);

    private final PgqEndpoint endpoint;
    private final PgqClient client;
    private volatile Announcements ticks;
    private volatile CountDownLatch stopping = new CountDownLatch(1);
    /** Held while a batch is opened, processed and finished. */
    private final ReentrantLock polling = new ReentrantLock();

    /** Only once for each start of the route: a consumer that is registered again later would miss events unnoticed. */
    private boolean registrationDue;

    /** The batch that was processed, and is finished with the request for the next one; null if there is none. */
    private Batch processed;

    /** Whether the endpoint's tick limit is asked for. */
    private boolean limited;

    /** By how much the clock of the server was ahead when that was logged. */
    private Duration clockAhead = Duration.ZERO;

    /** Where the next batch ends at the latest, after a route has refused a longer one. */
    private long lastTick = TickLimit.NEVER;

    public PgqConsumer(PgqEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.client = endpoint.client();
    }

    @Override
    protected void doStart() throws Exception {
        registrationDue = endpoint.isRegister();
        begin();
        super.doStart();
    }

    @Override
    protected void doResume() throws Exception {
        begin();
        super.doResume();
    }

    private void begin() {
        stopping = new CountDownLatch(1);
        ticks = new Announcements(endpoint.getDataSource(), "pgq_tick", endpoint.getQueue());
    }

    @Override
    protected void doSuspend() throws Exception {
        end();
        super.doSuspend();
    }

    @Override
    protected void doStop() throws Exception {
        end();
        super.doStop();
    }

    /** Waits for the current batch: if its exchange succeeds, it must be finished, or it would be delivered again. */
    private void end() throws InterruptedException {
        stopping.countDown();
        if (ticks != null) {
            ticks.close();
        }
        if (polling.tryLock(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            try {
                finish();
            } catch (SQLException e) {
                LOG.warn("{} was processed but could not be finished, and will be delivered again", processed, e);
            } finally {
                polling.unlock();
            }
        }
    }

    /** Finishes the batch that was processed, if there is no request for a next one to do that. */
    private void finish() throws SQLException {
        if (processed != null) {
            client.finishBatch(processed);
            processed = null;
        }
    }

    private boolean mayPoll() {
        return isRunAllowed() && !isSuspendingOrSuspended();
    }

    @Override
    protected int poll() throws Exception {
        polling.lock();
        try {
            return mayPoll() ? pollOnce() : 0;
        } finally {
            polling.unlock();
        }
    }

    private int pollOnce() throws Exception {
        boolean failed = true;
        try {
            if (registrationDue) {
                register();
            }
            Optional<Batch> batch = nextBatch();
            if (batch.isEmpty() && awaitTick() && mayPoll()) {
                batch = nextBatch();
            }
            boolean done = batch.isPresent() && process(batch.get());
            failed = batch.isPresent() && !done;
            return done ? 1 : 0;
        } finally {
            if (failed) {
                // do not retry at once, whatever failed
                stopping.await(endpoint.getPollInterval(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private Optional<Batch> nextBatch() throws Exception {
        long last = lastTick;
        if (limited && endpoint.getTickLimit() != null) {
            long limit = endpoint.getTickLimit().lastTick();
            limited = limit != TickLimit.NEVER;
            last = Math.min(last, limit);
        }
        Optional<Batch> batch = client.receiveBatch(
                endpoint.getQueue(), endpoint.getConsumer(), processed, endpoint.getMaxEvents(), last);
        processed = null;
        lastTick = TickLimit.NEVER;
        return batch;
    }

    /** Returns whether a tick was announced. */
    private boolean awaitTick() throws Exception {
        return ticks.await(limited ? LIMIT_POLL_INTERVAL : Duration.ofMillis(endpoint.getPollInterval()));
    }

    private void register() throws Exception {
        if (client.registerConsumer(endpoint.getQueue(), endpoint.getConsumer())) {
            LOG.info("registered consumer {} on queue {}", endpoint.getConsumer(), endpoint.getQueue());
        }
        registrationDue = false;
    }

    /** Returns whether the batch was processed, or is to be opened again with an earlier end. */
    private boolean process(Batch batch) throws Exception {
        Exchange exchange = createExchange(batch);
        try (batch) {
            getProcessor().process(exchange);
            if (exchange.isFailed() || exchange.isRollbackOnly()) {
                LOG.debug("{} will be delivered again", batch, exchange.getException());
                if (exchange.getException() != null) {
                    getExceptionHandler()
                            .handleException("could not process " + batch, exchange, exchange.getException());
                }
                return false;
            }
            Long last = exchange.getMessage().getHeader(PgqConstants.LAST_TICK_ID, Long.class);
            if (last != null && last < batch.tick().id()) {
                client.closeBatch(batch);
                lastTick = last;
                limited = endpoint.getTickLimit() != null;
                if (last <= batch.previousTick().id()) {
                    stopping.await(LIMIT_POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
                }
                return true;
            }
            processed = batch;
            if (!mayPoll()) {
                finish();
            }
            return true;
        } finally {
            releaseExchange(exchange, false);
        }
    }

    /** Logs changes of the clock of the server. One that is set forward is noticed by comparing it with that of this machine. */
    private void noteClock(Batch batch) {
        if (batch.clockAhead().minus(clockAhead).compareTo(CLOCK_TOLERANCE) > 0) {
            clockAhead = batch.clockAhead();
            LOG.warn(
                    "The clock of the server with queue {} is at least {} s ahead of this machine's: it has been set forward, or one"
                            + " of them is wrong; lags may be shown too long or too short",
                    batch.queue(),
                    clockAhead.toMillis() / 1000.0);
        }
        if (!batch.clockSetBack().isZero()) {
            LOG.warn(
                    "The clock of the server with queue {} has been set back by at least {} s; lags that were shown before may"
                            + " have been too long",
                    batch.queue(),
                    batch.clockSetBack().toMillis() / 1000.0);
            clockAhead = Duration.ZERO;
        }
    }

    private Exchange createExchange(Batch batch) {
        noteClock(batch);
        Exchange exchange = createExchange(false);
        var message = exchange.getIn();
        message.setHeader(PgqConstants.QUEUE, batch.queue());
        message.setHeader(PgqConstants.CONSUMER, batch.consumer());
        message.setHeader(PgqConstants.BATCH_ID, batch.id());
        message.setHeader(PgqConstants.PREVIOUS_TICK_ID, batch.previousTick().id());
        message.setHeader(PgqConstants.TICK_ID, batch.tick().id());
        message.setHeader(PgqConstants.TICK_TIME, batch.tick().time());
        message.setHeader(PgqConstants.LAG, batch.lag().toMillis());
        message.setBody(batch);
        return exchange;
    }
}
