package io.londiste.watch;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.pgq.QueueInfo;
import java.time.Duration;

/** Finds queues whose ticks are overdue: without ticks, no consumer receives anything. */
final class TickerCheck {
    /** A queue is without a ticker after this many times the longest time in which a tick is due. */
    static final int PATIENCE = 3;

    /** How long events wait at least before that is an error: a restart of a ticker takes a few seconds. */
    static final Duration LEAST = Duration.ofSeconds(5);

    private final Settings settings;

    TickerCheck(Settings settings) {
        this.settings = settings;
    }

    /**
     * What is wrong with the ticks of a queue, and what to do; empty if nothing is.
     *
     * @param waiting how long events have been seen to wait for a tick at least; null if none wait
     */
    String error(QueueInfo queue, Duration waiting) {
        var limit = queue.tickerMaxLag().multipliedBy(PATIENCE);
        boolean stuck = waiting != null && waiting.compareTo(limit.compareTo(LEAST) < 0 ? LEAST : limit) > 0;
        boolean silent = queue.tickerLag() != null
                && queue.tickerLag().compareTo(queue.tickerIdlePeriod().multipliedBy(PATIENCE)) > 0;
        boolean intended = (queue.tickerPaused() || queue.externalTicker()) && !isOwn(queue);
        if (intended || !stuck && !silent) {
            return "";
        }
        var since = stuck
                ? "events of queue " + queue.queue() + " have been waiting for a tick for more than "
                        + waiting.toSeconds() + " s (ticker_max_lag is "
                        + queue.tickerMaxLag().toMillis() / 1000.0 + " s)"
                : "queue " + queue.queue() + " has had no tick for "
                        + queue.tickerLag().toSeconds() + " s (ticker_idle_period is "
                        + queue.tickerIdlePeriod().toSeconds() + " s)";
        return since + ": " + remedy(queue);
    }

    private boolean isOwn(QueueInfo queue) {
        return settings.section() != Section.PGQADM && queue.queue().equals(settings.queueName());
    }

    private String remedy(QueueInfo queue) {
        if (queue.tickerPaused()) {
            return "its ticker is paused; resume it: pgqadm ticker.ini config " + queue.queue() + " ticker_paused=0";
        }
        if (queue.externalTicker()) {
            return "its ticks come from another program (external_ticker is set), which does not run or cannot reach the"
                    + " database; start it";
        }
        if (settings.section() == Section.PGQADM || settings.embeddedTicker()) {
            return "ticker " + settings.jobName() + " does not tick: if it runs, its log shows why; otherwise start it";
        }
        return "the ticker of the provider does not run or cannot reach the database; start it (pgqadm -d ticker.ini"
                + " ticker), or see its log";
    }
}
