package io.londiste.pgq;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a queue has events but gets no ticks, so that none of them is delivered: most likely its ticker does not run. One
 * thread checks, any may ask for the problem.
 */
final class TickWatch {
    private static final Logger LOG = LoggerFactory.getLogger(TickWatch.class);

    private final PgqClient client;
    private final String queue;
    private final Duration interval;
    private long checked = System.nanoTime();
    /** The last tick when the previous check found events after it; null if it found none. */
    private Long suspected;

    private volatile PgqException problem;

    /** @param interval time between two checks, and how much later than it should a tick is missing */
    TickWatch(PgqClient client, String queue, Duration interval) {
        this.client = client;
        this.queue = queue;
        this.interval = interval;
    }

    /** What is wrong; null: nothing. */
    PgqException problem() {
        return problem;
    }

    /** To be called when there was a batch. */
    void ticked() {
        checked = System.nanoTime();
        suspected = null;
        if (problem != null) {
            problem = null;
            LOG.info("queue {} gets ticks again", queue);
        }
    }

    /** To be called when there was none; asks the server if it has not done so for some time. */
    void check() {
        if (System.nanoTime() - checked < interval.toNanos()) {
            return;
        }
        checked = System.nanoTime();
        Optional<QueueInfo> late = lateQueue();
        if (late.isEmpty()) {
            suspected = null;
            problem = null;
        } else if (!late.get().lastTick().equals(suspected)) {
            suspected = late.get().lastTick(); // the tick of the first event after a quiet time may be on its way
        } else if (problem == null) {
            problem = new PgqException("queue " + queue + " has events, and has had no tick for "
                    + late.get().tickerLag().toSeconds() + " s, so they are not delivered: "
                    + (late.get().tickerPaused()
                            ? "its ticker is paused (ticker_paused)"
                            : "is its ticker running? (pgqadm ... ticker)"));
            LOG.warn(problem.getMessage());
        }
    }

    private Optional<QueueInfo> lateQueue() {
        try {
            return client.queues().stream().filter(this::isLate).findAny();
        } catch (SQLException e) {
            LOG.debug("whether queue {} gets ticks is not known", queue, e); // the role may not have the right to ask
            return Optional.empty();
        }
    }

    private boolean isLate(QueueInfo info) {
        return info.queue().equals(queue)
                && info.newEvents() != null
                && info.newEvents() > 0
                && info.lastTick() != null
                && info.tickerLag() != null
                && info.tickerLag().compareTo(info.tickerMaxLag().plus(interval)) > 0;
    }
}
