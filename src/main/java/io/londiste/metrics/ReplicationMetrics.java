package io.londiste.metrics;

import io.londiste.app.Application;
import io.londiste.digest.Comparison.Outcome;
import io.londiste.digest.LastComparison;
import io.londiste.replay.ReplayStatus;
import io.londiste.subscriber.TableStatus;
import io.londiste.watch.ControlledDaemon.State;
import io.londiste.watch.JobState;
import io.londiste.watch.JobView;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Metrics of replication and queues, collected at each scrape. Safe for use by several threads. */
final class ReplicationMetrics implements MultiCollector {
    /** The maximum number of characters of a reason, which may contain a row. */
    private static final int REASON_LENGTH = 200;

    private final Supplier<JobView> views;

    ReplicationMetrics(Supplier<JobView> views) {
        this.views = views;
    }

    @Override
    public MetricSnapshots collect() {
        var view = views.get();
        var samples = new Samples(view.settings().jobName());
        daemon(samples, view);
        tables(samples, view);
        queues(samples, view.state());
        ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .ifPresent(time -> samples.counter(
                        "process_cpu_seconds", "Processor time used by the daemon.", time.toMillis() / 1000.0));
        return samples.snapshots();
    }

    private static void daemon(Samples samples, JobView view) {
        var state = view.daemon().condition().state();
        Arrays.stream(State.values())
                .forEach(each -> samples.gauge(
                        "londiste_daemon_state",
                        "Whether the daemon is in this state.",
                        each == state,
                        "state",
                        each.name().toLowerCase(Locale.ROOT)));
        samples.gauge(
                "londiste_daemon_error",
                "Whether something prevents the daemon from working; /health shows what.",
                !view.errors().isEmpty());
        samples.gauge(
                "londiste_routes_stopped",
                "Whether routes were stopped, started or removed by others than the daemon; /health names them.",
                !view.routes().isEmpty());
        samples.gauge("londiste_lag_seconds", "Age of the state that the subscriber has reached.", view.lag());
        view.daemon()
                .application()
                .filter(routes -> routes.status() != null)
                .ifPresent(routes -> replay(samples, routes));
        view.daemon()
                .application()
                .map(Application::ticks)
                .ifPresent(
                        ticks -> samples.counter("londiste_ticker_ticks", "Ticks made by this ticker.", ticks.total()));
        if (!view.state().second().isStale()
                && (view.lag() != null
                        || view.daemon().application().map(Application::status).isPresent())) {
            var progress = view.state().progress();
            samples.gauge(
                    "londiste_pending_foreign_keys",
                    "Saved foreign keys of the subscriber.",
                    progress.pendingForeignKeys());
            samples.gauge("londiste_pending_triggers", "Saved triggers of the subscriber.", progress.pendingTriggers());
        }
    }

    private static void replay(Samples samples, Application routes) {
        var status = routes.status();
        samples.counter(
                "londiste_hook_messages_lost",
                "Messages of hooks that were lost because a route was too slow.",
                routes.hooks().lost());
        var batches = status.batches();
        samples.counter("londiste_batches", "Batches applied by this replay.", batches.number());
        samples.counter("londiste_events", "Events read from the queue by this replay.", batches.events());
        samples.gauge(
                "londiste_last_batch_duration_seconds",
                "Duration of the last batch that was not empty.",
                batches.lastTime());
        samples.gauge(
                "londiste_last_batch_events", "Events of the last batch that was not empty.", batches.lastEvents());
        samples.gauge(
                "londiste_batch_failures",
                "How often the current batch has failed.",
                status.failure().times());
    }

    private static void tables(Samples samples, JobView view) {
        var status = view.daemon().application().map(Application::status).orElse(null);
        for (var table : view.state().tables().values()) {
            var label = new String[] {"table", table.name().toString()};
            if (!view.state().second().isStale()) {
                table(samples, table, label);
            }
            if (status != null) {
                applied(samples, status, table, label);
            }
            var compared = view.comparisons().get(table.name());
            if (compared != null) {
                compared(samples, compared, label);
            }
        }
    }

    private static void table(Samples samples, TableStatus table, String[] label) {
        samples.gauge("londiste_table_in_sync", "Whether the table is ok.", table.isOk(), label);
        samples.gauge(
                "londiste_table_stopped",
                "Whether the table is stopped; subscriber tables shows the reason.",
                table.reason() != null,
                label);
        if (table.reason() != null) {
            samples.gauge(
                    "londiste_table_stop_reason",
                    "Always 1; exists while the table is stopped, with the reason as its label.",
                    true,
                    with(label, "reason", abbreviated(table.reason())));
        }
        if (table.isCopying()) {
            samples.gauge("londiste_table_copy_ratio", "Progress of the copy, 0 to 1.", table.copied(), label);
            samples.gauge("londiste_table_copied_rows", "Rows copied so far.", table.rows(), label);
            samples.gauge("londiste_table_copied_bytes", "Bytes copied so far.", table.bytes(), label);
        }
    }

    private static void applied(Samples samples, ReplayStatus status, TableStatus table, String[] label) {
        var counts = status.of(table.name());
        change(samples, counts.inserts(), "insert", label);
        change(samples, counts.updates(), "update", label);
        change(samples, counts.deletes(), "delete", label);
        change(samples, counts.truncates(), "truncate", label);
        samples.counter(
                "londiste_table_unexpected_rows",
                "Updates and deletes that found no row, and inserts that found an existing one.",
                counts.unexpected(),
                label);
        samples.gauge(
                "londiste_table_last_change_timestamp_seconds",
                "When the last change was applied to the table.",
                status.lastChange(table.name()),
                label);
    }

    private static void change(Samples samples, long number, String kind, String[] label) {
        samples.counter(
                "londiste_table_changes",
                "Changes of the table applied by this replay.",
                number,
                with(label, "operation", kind));
    }

    private static String[] with(String[] label, String name, String value) {
        return Stream.concat(Arrays.stream(label), Stream.of(name, value)).toArray(String[]::new);
    }

    private static String abbreviated(String reason) {
        return reason.length() <= REASON_LENGTH ? reason : reason.substring(0, REASON_LENGTH) + "...";
    }

    private static void compared(Samples samples, LastComparison last, String[] label) {
        samples.gauge(
                "londiste_table_comparison_timestamp_seconds",
                "Start of the table's last comparison.",
                last.time(),
                label);
        if (last.outcome() != Outcome.UNKNOWN) {
            samples.gauge(
                    "londiste_table_differs",
                    "Whether the last comparison found a difference.",
                    last.outcome() == Outcome.DIFFERENT,
                    label);
            samples.gauge(
                    "londiste_table_different_rows",
                    "Rows that the last comparison found missing, extra or different.",
                    last.differentRows(),
                    label);
        }
        samples.gauge(
                "londiste_table_comparison_failed",
                "Whether the table could not be compared the last time; /health shows why.",
                last.outcome() == Outcome.UNKNOWN,
                label);
    }

    /** Figures that cannot be renewed are left out. */
    private static void queues(Samples samples, JobState state) {
        if (state.first().isStale()) {
            return;
        }
        state.queues().forEach((name, queue) -> {
            samples.gauge(
                    "pgq_queue_ticker_lag_seconds",
                    "Time since the queue's last tick.",
                    queue.tickerLag(),
                    "queue",
                    name);
            samples.gauge(
                    "pgq_queue_new_events",
                    "Approximate number of events since the queue's last tick.",
                    queue.newEvents(),
                    "queue",
                    name);
            samples.gauge(
                    "pgq_queue_ticks_overdue",
                    "Whether the queue's ticker does not tick; /health shows what to do.",
                    !state.ticks().get(name).error().isEmpty(),
                    "queue",
                    name);
            samples.counter("pgq_queue_ticks", "Ticks of the queue.", queue.lastTick(), "queue", name);
        });
        state.consumers().forEach((reader, consumer) -> {
            var labels = new String[] {"queue", reader.queue(), "consumer", reader.consumer()};
            samples.gauge(
                    "pgq_consumer_lag_seconds",
                    "Age of the state that the consumer has reached.",
                    state.lag(reader.queue(), reader.consumer()),
                    labels);
            samples.gauge(
                    "pgq_consumer_last_seen_seconds",
                    "Time since the consumer last opened or finished a batch.",
                    consumer.lastSeen(),
                    labels);
            samples.gauge(
                    "pgq_consumer_pending_events",
                    "Approximate number of events between the consumer and the queue's last tick.",
                    consumer.pendingEvents(),
                    labels);
        });
    }
}
