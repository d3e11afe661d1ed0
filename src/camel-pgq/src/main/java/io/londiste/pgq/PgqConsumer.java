package io.londiste.pgq;

import static io.londiste.pgq.Delivery.Outcome.Kind.PROCESSED;
import static io.londiste.pgq.Delivery.Outcome.Kind.REFUSED;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.Processor;
import org.apache.camel.support.ScheduledPollConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads batch after batch, and delivers each until all of its exchanges have succeeded; then the batch is finished. While
 * another process reads as the same consumer, it stands by.
 */
public class PgqConsumer extends ScheduledPollConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(PgqConsumer.class);

    /** How long a stop waits until the current batch is finished. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    /** The same if a batch has several exchanges: the stop is between two of them then, before SIGTERM's limit ends the process. */
    private static final Duration STOP_BETWEEN = Duration.ofSeconds(1);

    /** How often a tick limit is checked while there is one; no notification is sent when it is removed. */
    private static final Duration LIMIT_POLL_INTERVAL = Duration.ofMillis(20);

    /** Every so many polls it is checked whether the queue gets ticks. */
    private static final int POLLS_PER_CHECK = 20;

    private static final long NO_BATCH = -1;

    private final PgqEndpoint endpoint;
    private final PgqClient client;
    private final Delivery delivery;
    private final FailureCount failures = new FailureCount();
    private final ServerClock clock = new ServerClock();
    /** Null: others may read as the same consumer at the same time. */
    private final ConsumerLock lock;
    /** Null: who has registered the consumer watches the queue, too. */
    private final TickWatch watch;

    private volatile Announcements ticks;
    private volatile CountDownLatch stopping = new CountDownLatch(1);
    /** Whether a stop has waited for the current batch in vain. */
    private volatile boolean abandoned;
    /** Held while a batch is opened, processed and finished. */
    private final ReentrantLock polling = new ReentrantLock();

    /** Only once for each start of the route: a consumer that is registered again later would miss events unnoticed. */
    private boolean starting;

    /** Whether this is the one reader of the consumer; null: not yet known. */
    private Boolean reading;

    /** The batch that was open when this became the reader: another process may have delivered it. */
    private long openBefore = NO_BATCH;

    /** The last tick of the batch that was delivered last, and how often it was delivered before. */
    private long delivered = NO_BATCH;

    private int redeliveries;

    /** The batch that was processed, and is finished with the request for the next one; null if there is none. */
    private Batch processed;

    /** Whether the endpoint's tick limit is asked for. */
    private boolean limited;

    /** Where the next batch ends at the latest, after a route has refused a longer one. */
    private long lastTick = TickLimit.NEVER;

    public PgqConsumer(PgqEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.client = endpoint.client();
        this.delivery = new Delivery(this, endpoint, client, () -> abandoned);
        this.lock = endpoint.isExclusive()
                ? new ConsumerLock(endpoint.getDataSource(), endpoint.getQueue(), endpoint.getConsumer())
                : null;
        this.watch = endpoint.isRegister()
                ? new TickWatch(
                        client, endpoint.getQueue(), Duration.ofMillis(POLLS_PER_CHECK * endpoint.getPollInterval()))
                : null;
    }

    @Override
    protected void doStart() throws Exception {
        starting = true;
        reading = null;
        failures.reset();
        open();
        super.doStart();
    }

    @Override
    protected void doResume() throws Exception {
        open();
        super.doResume();
    }

    private void open() {
        abandoned = false;
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
        var timeout = endpoint.getExchangePer() == ExchangePer.BATCH ? STOP_TIMEOUT : STOP_BETWEEN;
        if (!polling.tryLock(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            abandoned = true;
            return;
        }
        try {
            finish();
        } catch (SQLException e) {
            LOG.warn("{} was processed but could not be finished, and will be delivered again", processed, e);
        } finally {
            unlock();
        }
    }

    /** Ends the work on a batch. While the route is only suspended, no other process takes over. */
    private void unlock() {
        if (lock != null && !isRunAllowed()) {
            lock.close();
        }
        polling.unlock();
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

    /**
     * Failures in a row, for the health check: it is down after one, also if the poll itself was successful. A queue without ticks
     * counts as one.
     */
    @Override
    public long getErrorCounter() {
        return failures.count() == 0 && withoutTicks() != null ? 1 : failures.count();
    }

    /** The error of the last of these failures; null if there is none, or the route does not say why. */
    @Override
    public Throwable getLastError() {
        return failures.count() == 0 ? withoutTicks() : failures.last();
    }

    private PgqException withoutTicks() {
        return watch == null ? null : watch.problem();
    }

    @Override
    protected int poll() throws Exception {
        polling.lock();
        try {
            stopping.await(
                    failures.delay(endpoint.getPollInterval(), endpoint.getMaximumRedeliveryDelay()),
                    TimeUnit.MILLISECONDS);
            return mayPoll() ? pollOnce() : 0;
        } finally {
            unlock();
        }
    }

    private int pollOnce() throws Exception {
        try {
            if (starting) {
                begin();
                starting = false;
            }
            Optional<Batch> batch = isReader() ? awaitBatch() : Optional.empty();
            if (batch.isPresent()) {
                return process(batch.get()) ? 1 : 0;
            }
            failures.reset();
            return 0;
        } catch (Exception | Error e) {
            failures.add(e);
            throw e;
        }
    }

    private void begin() throws Exception {
        delivery.check();
        try {
            if (endpoint.isRegister() && client.registerConsumer(endpoint.getQueue(), endpoint.getConsumer())) {
                LOG.info("registered consumer {} on queue {}", endpoint.getConsumer(), endpoint.getQueue());
            }
        } catch (SQLException e) {
            throw Missing.explained(e, endpoint.getQueue(), "pgq_reader");
        }
    }

    /** Returns whether this may read the queue; waits, if it may not. */
    private boolean isReader() throws SQLException, InterruptedException {
        boolean ours = lock == null || lock.isOurs();
        // with a new lock, another process may have read in the meantime
        if (reading == null || reading != ours || lock != null && lock.isNew()) {
            if (ours) {
                openBefore = client.openBatch(endpoint.getQueue(), endpoint.getConsumer())
                        .orElse(NO_BATCH);
            } else {
                finish(); // if the lock was lost
            }
            logReader(ours);
            reading = ours;
        }
        if (!ours) {
            stopping.await(endpoint.getPollInterval(), TimeUnit.MILLISECONDS);
        }
        return ours;
    }

    private void logReader(boolean ours) throws SQLException {
        if (!ours) {
            LOG.info(
                    "stands by: queue {} is read as consumer {} by {}",
                    endpoint.getQueue(),
                    endpoint.getConsumer(),
                    lock.holder());
        } else if (reading != null) {
            LOG.info("reads queue {} as consumer {} from now on", endpoint.getQueue(), endpoint.getConsumer());
        }
    }

    private Optional<Batch> awaitBatch() throws Exception {
        Optional<Batch> batch = nextBatch();
        if (batch.isEmpty() && awaitTick() && mayPoll()) {
            batch = nextBatch();
        }
        if (watch != null) {
            if (batch.isPresent()) {
                watch.ticked();
            } else {
                watch.check();
            }
        }
        return batch;
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

    /** Returns whether the batch was processed, or is to be opened again with an earlier end. */
    private boolean process(Batch batch) throws Exception {
        clock.note(batch);
        long tick = batch.tick().id();
        redeliveries = tick == delivered ? redeliveries + 1 : 0;
        boolean again =
                tick <= delivered || batch.id() == openBefore; // a server may forget in a crash that it was finished
        delivered = tick;
        try (batch) {
            var outcome = delivery.deliver(batch, again, redeliveries);
            switch (outcome.kind()) {
                case FAILED -> failures.add(outcome.error());
                case REFUSED -> {
                    failures.reset();
                    refused(batch, outcome.lastTick());
                }
                case PROCESSED -> {
                    failures.reset();
                    processed = batch;
                    if (!mayPoll()) {
                        finish();
                    }
                }
                case ABANDONED -> LOG.warn("{} was processed in part, and will be delivered again", batch);
            }
            return outcome.kind() == PROCESSED || outcome.kind() == REFUSED;
        }
    }

    private void refused(Batch batch, long last) throws SQLException, InterruptedException {
        client.closeBatch(batch);
        delivered = NO_BATCH; // nothing was done with it
        lastTick = last;
        limited = endpoint.getTickLimit() != null;
        if (last <= batch.previousTick().id()) {
            stopping.await(LIMIT_POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
