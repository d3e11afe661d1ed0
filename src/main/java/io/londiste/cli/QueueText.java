package io.londiste.cli;

import io.londiste.pgq.QueueInfo;
import io.londiste.queue.FailedEvent;
import io.londiste.queue.Queues;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Prints queues and consumers in the text format of the original pgqadm. */
final class QueueText {
    private static final String QUEUE = "%-40s %9s %17s %9s%n";
    private static final String CONSUMER = "%-58s %9s %9s%n";
    private static final String SETTING = "    %-18s = %s%n";
    private static final int MOST_DATA = 120;
    private static final String RULE = "-".repeat(78);

    private final PrintStream out;

    QueueText(PrintStream out) {
        this.out = out;
    }

    /** Prints versions, a table of the queues, and the consumers of each queue. */
    void status(Queues queues) {
        var all = queues.status();
        out.printf("Postgres version: %s   PgQ version: %s%n%n", queues.postgresVersion(), queues.pgqVersion());
        out.printf(QUEUE, "Event queue", "Rotation", "Ticker", "TLag");
        out.println(RULE);
        for (var each : all) {
            var queue = each.queue();
            var rotation = queue.tables() + "/" + exact(queue.rotationPeriod());
            out.printf(QUEUE, Listing.line(queue.queue()), rotation, ticker(queue), whole(queue.tickerLag()));
        }
        out.println(RULE);
        out.println();
        out.printf(CONSUMER, "Consumer", "Lag", "LastSeen");
        out.println(RULE);
        for (var each : all) {
            out.println(Listing.line(each.queue().queue()) + ":");
            for (var consumer : each.consumers()) {
                out.printf(
                        CONSUMER,
                        "  " + Listing.line(consumer.consumer()),
                        whole(consumer.lag()),
                        whole(consumer.lastSeen()));
            }
        }
        out.println(RULE);
    }

    private static String ticker(QueueInfo queue) {
        if (queue.tickerPaused() || queue.externalTicker()) {
            return queue.tickerPaused() ? "paused" : "external";
        }
        return queue.tickerMaxCount() + "/" + exact(queue.tickerMaxLag()) + "/" + exact(queue.tickerIdlePeriod());
    }

    /** Prints each queue with its settings, in a form that {@code config} accepts as input. */
    void config(List<QueueInfo> queues) {
        for (var queue : queues) {
            out.println(Listing.line(queue.queue()));
            out.printf(SETTING, "ticker_max_count", queue.tickerMaxCount());
            out.printf(SETTING, "ticker_max_lag", exact(queue.tickerMaxLag()));
            out.printf(SETTING, "ticker_idle_period", exact(queue.tickerIdlePeriod()));
            out.printf(SETTING, "ticker_paused", queue.tickerPaused());
            out.printf(SETTING, "rotation_period", exact(queue.rotationPeriod()));
            out.printf(SETTING, "external_ticker", queue.externalTicker());
        }
    }

    /** Prints failed events in columns, those of each consumer below its name. Data are cut off: JSON has them in full. */
    void failed(List<FailedEvent> events) {
        if (events.isEmpty()) {
            out.println("No failed events");
            return;
        }
        record Line(String consumer, long event, String written, int retries, String retry, String type, String data) {}
        Listing.columns(
                out,
                "failed events",
                events.stream()
                        .map(event -> new Line(
                                event.consumer(),
                                event.event(),
                                second(event.written()),
                                event.retries(),
                                event.retryAt() == null ? "parked" : second(event.retryAt()),
                                event.type(),
                                start(event.data())))
                        .toList());
    }

    private static String second(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String start(String data) {
        return data == null || data.length() <= MOST_DATA ? data : data.substring(0, MOST_DATA) + "...";
    }

    private static String whole(Duration time) {
        return time == null ? "-" : Math.round(time.toMillis() / 1000.0) + "s";
    }

    /** Seconds with their fraction: settings below one second must not show as 0. */
    private static String exact(Duration time) {
        return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString() + "s";
    }
}
