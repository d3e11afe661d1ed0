package io.londiste.sequence;

import io.londiste.test.Db;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** Clients that run the same transaction again and again until they are stopped. */
final class Writers implements AutoCloseable {
    private final ExecutorService threads;
    private final List<CompletableFuture<Void>> running = new ArrayList<>();
    private final AtomicInteger committed = new AtomicInteger();
    private volatile boolean stopped;

    Writers(Db db, int clients, String transaction) {
        threads = Executors.newFixedThreadPool(clients);
        for (int i = 0; i < clients; i++) {
            running.add(CompletableFuture.runAsync(() -> write(db, transaction), threads));
        }
    }

    private void write(Db db, String transaction) {
        try (var connection = db.connect();
                var statement = connection.createStatement()) {
            while (!stopped) {
                statement.execute(transaction);
                committed.incrementAndGet();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(transaction + ": " + e.getMessage(), e);
        }
    }

    /** Returns when so many more transactions are committed. */
    void await(int transactions) {
        int until = committed.get() + transactions;
        Awaitility.await("transactions")
                .atMost(Duration.ofSeconds(60))
                .until(() -> committed.get() >= until || running.stream().anyMatch(CompletableFuture::isDone));
    }

    /** Stops them, and fails if one of them has. */
    @Override
    public void close() {
        stopped = true;
        threads.shutdown();
        running.forEach(CompletableFuture::join);
    }
}
