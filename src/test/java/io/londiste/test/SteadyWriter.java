package io.londiste.test;

import io.londiste.db.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Clients that run the same transaction again and again, and connect again after a crash of the server. */
public final class SteadyWriter implements AutoCloseable {
    private final Db db;
    private final String transaction;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CompletableFuture<Void> writing;
    private final AtomicLong committed = new AtomicLong();

    /** One client. */
    public SteadyWriter(Db db, String transaction) {
        this(db, 1, transaction);
    }

    /** @param transaction one or more statements; its pauses are its own */
    public SteadyWriter(Db db, int clients, String transaction) {
        this.db = db;
        this.transaction = transaction;
        this.writing = CompletableFuture.allOf(IntStream.range(0, clients)
                .mapToObj(client ->
                        CompletableFuture.runAsync(this::run, task -> new Thread(task, "writer " + client).start()))
                .toArray(CompletableFuture[]::new));
    }

    private void run() {
        while (stopping.getCount() > 0) {
            try (Connection connection = db.connect();
                    Statement statement = connection.createStatement()) {
                while (stopping.getCount() > 0) {
                    statement.execute(transaction);
                    committed.incrementAndGet();
                }
            } catch (SQLException e) {
                recover(e);
            }
        }
    }

    private void recover(SQLException e) {
        if (!SqlState.isPassing(e)) {
            throw new CompletionException(e);
        }
        try {
            stopping.await(20, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** How many transactions were committed, as far as the clients know. */
    public long committed() {
        return committed.get();
    }

    /** Returns when that many more transactions are committed, or a client has failed. */
    public void await(int transactions) {
        long until = committed() + transactions;
        Awaitility.await("transactions").until(() -> committed() >= until || writing.isCompletedExceptionally());
    }

    /** Lets running transactions end; when this returns, no client writes any more. Fails if a client has failed before. */
    public void stop() {
        stopping.countDown();
        writing.join();
    }

    /** As {@link #stop}. */
    @Override
    public void close() {
        stop();
    }
}
