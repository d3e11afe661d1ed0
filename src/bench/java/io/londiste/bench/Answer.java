package io.londiste.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** How long a command takes, and how long the replay takes to start. */
final class Answer implements Scenario {
    @Override
    public void run(Lab lab, List<Peer.Kind> peers, Figures figures) throws IOException {
        try (var pair = lab.pair();
                var ours = new Ours(pair)) {
            pair.create(Pair.script("mixed"));
            ours.install();
            ours.londiste("provider", "tables");
            long begun = System.nanoTime();
            ours.londiste("provider", "tables");
            figures.add("answer of provider tables, s", Peer.Kind.OURS.title(), (System.nanoTime() - begun) / 1e9);
            begun = System.nanoTime();
            ours.start();
            var log = pair.directory().resolve("replay.log");
            Until.holds(() -> Files.readString(log).contains("Started"));
            figures.add("replay ready, s", Peer.Kind.OURS.title(), (System.nanoTime() - begun) / 1e9);
        }
    }
}
