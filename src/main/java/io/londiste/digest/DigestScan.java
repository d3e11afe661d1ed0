package io.londiste.digest;

import io.londiste.change.TableName;
import io.londiste.db.Database.Work;
import io.londiste.error.LondisteException;
import io.londiste.sync.SyncPoint;
import io.londiste.sync.TableProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The one scan of a table on both sides that makes its digests: part by part, several at a time, each on its own
 * connection, which sees the same state as all others, in the same files of the table.
 */
final class DigestScan {
    /** The digests of the two sides. */
    record Digests(Digest provider, Digest subscriber) {}

    private final SyncPoint point;
    private final ScanThreads threads;
    private final CommonShape shape;
    private final Ranges ranges;
    private final Hash hash;
    private final String where;
    private final BlockingQueue<Future<Void>> finished = new LinkedBlockingQueue<>();

    DigestScan(SyncPoint point, ScanThreads threads, CommonShape shape, Ranges ranges, Hash hash, String where) {
        this.point = point;
        this.threads = threads;
        this.shape = shape;
        this.ranges = ranges;
        this.hash = hash;
        this.where = where;
    }

    /** Runs work on one of a side's connections. */
    private interface Side {
        Digest on(Work<Digest> work);
    }

    /** Scans both sides; to be called once. */
    Digests digests(TableProgress progress) {
        // nothing is locked while parts are queued: a session that wants the table exclusively could come between
        // two parts, and both would wait for each other
        var partsThere = point.onProvider(connection -> PageRanges.of(connection, shape.tableThere()));
        var partsHere = point.onSubscriber(connection -> PageRanges.of(connection, shape.table()));
        var digests = new Digests(new Digest(), new Digest());
        var parts = new ArrayList<Future<Void>>();
        try {
            parts.addAll(begin(
                    threads.provider(),
                    point::onProvider,
                    shape.tableThere(),
                    shape.source(),
                    partsThere,
                    digests.provider));
            parts.addAll(begin(
                    threads.subscriber(),
                    point::onSubscriber,
                    shape.table(),
                    shape.targetHere(),
                    partsHere,
                    digests.subscriber));
            for (int done = 1; done <= parts.size(); done++) {
                finished.take().get();
                progress.reach(done / (double) parts.size());
            }
            return digests;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LondisteException("interrupted while the table was scanned", e);
        } finally {
            parts.forEach(part -> part.cancel(false)); // after a failure, those that have not begun
        }
    }

    private List<Future<Void>> begin(
            ExecutorService executor, Side side, TableName table, String target, List<String> parts, Digest sum) {
        var service = new ExecutorCompletionService<>(executor, finished);
        return parts.stream()
                .map(part -> service.submit(() -> {
                    sum.add(part(side, table, target, part));
                    return null;
                }))
                .toList();
    }

    private Digest part(Side side, TableName table, String target, String part) {
        return side.on(connection -> {
            var digest = Digest.of(connection, target, shape, ranges, hash, where + " and " + part);
            RewriteCheck.requireNotRewritten(connection, table);
            return digest;
        });
    }
}
