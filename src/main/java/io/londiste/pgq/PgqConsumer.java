package io.londiste.pgq;

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

    private final PgqEndpoint endpoint;
    private final PgqClient client;
    private volatile Announcements ticks;
    private volatile CountDownLatch stopping = new CountDownLatch(1);
    /** Held while a batch is opened, processed and finished. */
    private final ReentrantLock polling = new ReentrantLock();

    /** Only once for each start of the route: a consumer that is registered again later would miss events unnoticed. */
    private boolean registrationDue;

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
            polling.unlock();
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
        return client.nextBatch(endpoint.getQueue(), endpoint.getConsumer(), endpoint.getMaxEvents(), limit());
    }

    /** Returns whether a tick was announced. */
    private boolean awaitTick() throws Exception {
        return ticks.await(
                lastTick == TickLimit.NEVER ? Duration.ofMillis(endpoint.getPollInterval()) : LIMIT_POLL_INTERVAL);
    }

    private TickLimit limit() {
        var limit = endpoint.getTickLimit();
        return limit == null ? TickLimit.NONE : () -> lastTick = limit.lastTick();
    }

    private void register() throws Exception {
        if (client.registerConsumer(endpoint.getQueue(), endpoint.getConsumer())) {
            LOG.info("registered consumer {} on queue {}", endpoint.getConsumer(), endpoint.getQueue());
        }
        registrationDue = false;
    }

    /** Returns whether the batch was finished. */
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
            client.finishBatch(batch.id());
            return true;
        } finally {
            releaseExchange(exchange, false);
        }
    }

    private Exchange createExchange(Batch batch) {
        if (!batch.clockSetBack().isZero()) {
            LOG.warn(
                    "The clock of the server with queue {} has been set back by at least {} s; lags that were shown before may"
                            + " have been too long",
                    batch.queue(),
                    batch.clockSetBack().toMillis() / 1000.0);
        }
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
