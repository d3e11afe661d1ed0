package io.londiste.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the values of one scrape, all with the label {@code job}. Unknown values (null) are left out. For use by one thread. */
final class Samples {
    private final String job;
    private final Map<String, Gauge> gauges = new LinkedHashMap<>();
    private final Map<String, Counter> counters = new LinkedHashMap<>();

    private record Gauge(String help, List<GaugeDataPointSnapshot> points) {}

    private record Counter(String help, List<CounterDataPointSnapshot> points) {}

    Samples(String job) {
        this.job = job;
    }

    /** @param labels alternating names and values */
    void gauge(String name, String help, Number value, String... labels) {
        if (value != null) {
            gauges.computeIfAbsent(name, key -> new Gauge(help, new ArrayList<>()))
                    .points
                    .add(new GaugeDataPointSnapshot(value.doubleValue(), labels(labels), null));
        }
    }

    void gauge(String name, String help, boolean value, String... labels) {
        gauge(name, help, value ? 1 : 0, labels);
    }

    /** In seconds. */
    void gauge(String name, String help, Duration value, String... labels) {
        gauge(name, help, value == null ? null : value.toMillis() / 1000.0, labels);
    }

    /** In seconds since 1970. */
    void gauge(String name, String help, Instant value, String... labels) {
        gauge(name, help, value == null ? null : value.toEpochMilli() / 1000.0, labels);
    }

    /** @param name name without the suffix {@code _total}, which is appended */
    void counter(String name, String help, Number value, String... labels) {
        if (value != null) {
            counters.computeIfAbsent(name, key -> new Counter(help, new ArrayList<>()))
                    .points
                    .add(new CounterDataPointSnapshot(value.doubleValue(), labels(labels), null, 0));
        }
    }

    private Labels labels(String... labels) {
        return Labels.of("job", job).merge(Labels.of(labels));
    }

    MetricSnapshots snapshots() {
        var all = new ArrayList<MetricSnapshot>();
        gauges.forEach((name, gauge) -> {
            var snapshot = GaugeSnapshot.builder().name(name).help(gauge.help);
            gauge.points.forEach(snapshot::dataPoint);
            all.add(snapshot.build());
        });
        counters.forEach((name, counter) -> {
            var snapshot = CounterSnapshot.builder().name(name).help(counter.help);
            counter.points.forEach(snapshot::dataPoint);
            all.add(snapshot.build());
        });
        return new MetricSnapshots(all);
    }
}
