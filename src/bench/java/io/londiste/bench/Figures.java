package io.londiste.bench;

import io.londiste.app.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results: for each figure and system one value per run. */
final class Figures {
    /**
     * @param name what is measured, with its unit
     * @param system what it is measured on
     */
    private record Key(String name, String system) {}

    private final Map<Key, List<Double>> values = new LinkedHashMap<>();

    void add(String name, String system, double value) {
        values.computeIfAbsent(new Key(name, system), key -> new ArrayList<>()).add(value);
        System.err.printf(Locale.ROOT, "%s, %s: %.3f%n", name, system, value);
    }

    /** The values, with those of one figure next to each other. */
    private Map<Key, List<Double>> sorted() {
        var names = values.keySet().stream().map(Key::name).distinct().toList();
        var sorted = new LinkedHashMap<Key, List<Double>>();
        for (var name : names) {
            values.forEach((key, each) -> {
                if (key.name.equals(name)) {
                    sorted.put(key, each);
                }
            });
        }
        return sorted;
    }

    private static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    /** A table: for each figure first our median, then those of the others with the ratio of ours to theirs. */
    String table() {
        var text = new StringBuilder(
                "%-58s %-22s %10s %21s %8s%n".formatted("figure", "system", "median", "least to most", "ours is"));
        var ours = new LinkedHashMap<String, Double>();
        sorted().forEach((key, each) -> {
            double median = median(each);
            var first = ours.putIfAbsent(key.name, median);
            text.append(String.format(
                    Locale.ROOT,
                    "%-58s %-22s %10.3f %10.3f to %7.3f %8s%n",
                    first == null ? key.name : "",
                    key.system,
                    median,
                    each.stream().mapToDouble(v -> v).min().orElseThrow(),
                    each.stream().mapToDouble(v -> v).max().orElseThrow(),
                    first == null ? "" : String.format(Locale.ROOT, "%.2f×", first / median)));
        });
        return text.toString();
    }

    private record Line(String figure, String system, double median, List<Double> runs) {}

    /** Writes the results as JSON: an array with an object for each figure and system, with the values of all runs. */
    void write(Path file) throws IOException {
        var lines = new ArrayList<Line>();
        values.forEach((key, each) -> lines.add(new Line(key.name, key.system, median(each), each)));
        try (var out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            Json.print(out, lines);
        }
    }
}
