package io.londiste.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The threads that compare: so many tables at a time, and for these together so many of each server's connections, on
 * parts of tables. Safe for use by several threads.
 */
final class Workers implements AutoCloseable {
    private final ExecutorService tables;
    private final ExecutorService provider;
    private final ExecutorService subscriber;

    Workers(int jobs) {
        tables = Executors.newFixedThreadPool(jobs);
        provider = Executors.newFixedThreadPool(jobs);
        subscriber = Executors.newFixedThreadPool(jobs);
    }

    Executor tables() {
        return tables;
    }

    Executor provider() {
        return provider;
    }

    Executor subscriber() {
        return subscriber;
    }

    /** Returns when all are done, or throws what one failed with; others do not begin any more then. */
    static void await(List<CompletableFuture<Void>> running) {
        var end = new CompletableFuture<Void>();
        for (var each : new ArrayList<>(running)) {
            each.exceptionally(failure -> {
                if (!(failure instanceof CancellationException)) {
                    end.completeExceptionally(failure);
                }
                running.forEach(other -> other.cancel(false));
                return null;
            });
        }
        CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).thenRun(() -> end.complete(null));
        try {
            end.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    /** Takes no more work; what is there is to end by itself. */
    @Override
    public void close() {
        tables.shutdown();
        provider.shutdown();
        subscriber.shutdown();
    }
}
