package io.londiste.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures this program and the other installed replication systems, one after the other, with the same data. */
@Command(name = "bench", mixinStandardHelpOptions = true, sortOptions = false)
final class Bench implements Runnable {
    private static final Map<String, Scenario> SCENARIOS = scenarios();

    @Parameters(paramLabel = "SCENARIO", description = "what to measure; all scenarios by default")
    private List<String> chosen = List.of();

    @Option(names = "--runs", defaultValue = "5", description = "number of runs (default: ${DEFAULT-VALUE})")
    private int runs;

    @Option(
            names = "--peers",
            split = ",",
            description = "systems to measure: ${COMPLETION-CANDIDATES}; by default all that are installed")
    private List<Peer.Kind> peers = List.of(Peer.Kind.values());

    @Option(names = "--json", description = "file to write the figures to")
    private Path json;

    private static Map<String, Scenario> scenarios() {
        var all = new LinkedHashMap<String, Scenario>();
        all.put("capture", new Capture(30_000, 100_000));
        all.put("drain", new Drain("mixed", 60_000));
        all.put("wide", new Drain("wide", 20_000));
        all.put("fifty", new Drain("fifty", 40_000));
        all.put("lag", new Lag(300, 10));
        all.put("near", new Far(true, 0));
        all.put("provider-10", new Far(true, 10));
        all.put("provider-40", new Far(true, 40));
        all.put("subscriber-10", new Far(false, 10));
        all.put("subscriber-40", new Far(false, 40));
        all.put("spread", new Drain("acc", 60_000));
        all.put("copy", new Copy(300_000, false));
        all.put("medium-copy", new Copy(2_000_000, false));
        all.put("large-copy", new Copy(5_000_000, true));
        all.put("jobs", new SideBySide(4));
        all.put("compare", new Comparison(5_000_000));
        all.put("crowd", new Crowd(1_980, 49));
        all.put("schema", new Schema(500, 900));
        all.put("many-tables", new Schema(1_000, 0));
        all.put("backlog", new SmallHeap(5_000_000, 500));
        all.put("transaction", new SmallHeap(2_000_000, 1));
        all.put("idle", new Idle(30));
        all.put("answer", new Answer());
        return all;
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Override
    public void run() {
        var figures = new Figures();
        var installed = peers.stream().filter(Peer.Kind::isInstalled).toList();
        try (var lab = new Lab()) {
            for (var name : chosen.isEmpty() ? SCENARIOS.keySet() : chosen) {
                var scenario = SCENARIOS.get(name);
                if (scenario == null) {
                    throw new CommandLine.ParameterException(
                            new CommandLine(this), "no such scenario: " + name + "; there are " + SCENARIOS.keySet());
                }
                for (int run = 0; run < runs; run++) {
                    scenario.run(lab, installed, figures);
                }
            }
            System.out.print(figures.table());
            if (json != null) {
                figures.write(json);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
