package io.londiste.compare;

import io.londiste.db.Database.Work;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The one scan of a table on both sides that makes its digests: part by part, several at a time, each on a connection of
 * its own that sees the same state as all others, in the same file of the table.
 */
final class Scan {
    /** What the two sides boil down to. */
    record Digests(Digest there, Digest here) {}

    private final SyncPoint point;
    private final Workers workers;
    private final CommonShape shape;
    private final Ranges ranges;
    private final Hash hash;
    private final String where;

    Scan(SyncPoint point, Workers workers, CommonShape shape, Ranges ranges, Hash hash, String where) {
        this.point = point;
        this.workers = workers;
        this.shape = shape;
        this.ranges = ranges;
        this.hash = hash;
        this.where = where;
    }

    /** Works on one of a side's connections. */
    private interface Side {
        Digest on(Work<Digest> work);
    }

    /** Scans both sides. */
    Digests digests(TableProgress progress) {
        // nothing is locked while parts wait for their turn: somebody who wants the table for himself could come
        // between, and they would wait for each other
        var partsThere = point.onProvider(connection -> Parts.of(connection, shape.table()));
        var partsHere = point.onSubscriber(connection -> Parts.of(connection, shape.table()));
        double all = partsThere.size() + partsHere.size();
        var done = new AtomicInteger();
        Runnable oneMore = () -> progress.reach(done.incrementAndGet() / all);
        var digests = new Digests(new Digest(), new Digest());
        Workers.await(Stream.concat(
                        begin(
                                partsThere,
                                workers.provider(),
                                part -> part(point::onProvider, shape.target(), part, digests.there, oneMore)),
                        begin(
                                partsHere,
                                workers.subscriber(),
                                part -> part(point::onSubscriber, shape.targetHere(), part, digests.here, oneMore)))
                .toList());
        return digests;
    }

    private static Stream<CompletableFuture<Void>> begin(List<String> parts, Executor threads, Consumer<String> work) {
        return parts.stream().map(part -> CompletableFuture.runAsync(() -> work.accept(part), threads));
    }

    private void part(Side side, String target, String part, Digest sum, Runnable done) {
        var condition = where + " and " + part;
        sum.add(side.on(connection -> {
            var digest = Digest.of(connection, target, shape, ranges, hash, condition);
            Untouched.require(connection, shape.table());
            return digest;
        }));
        done.run();
    }
}
