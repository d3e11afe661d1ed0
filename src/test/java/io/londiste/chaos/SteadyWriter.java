package io.londiste.chaos;

import io.londiste.SqlState;
import io.londiste.test.Db;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A client that runs the same transaction again and again, and gets over a server that dies. */
final class SteadyWriter implements AutoCloseable {
    private final Db provider;
    private final String transaction;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CompletableFuture<Void> writing;
    private volatile long committed;

    /** @param transaction one or more statements; its pauses are its own */
    SteadyWriter(Db provider, String transaction) {
        this.provider = provider;
        this.transaction = transaction;
        this.writing = CompletableFuture.runAsync(this::run, task -> new Thread(task, "writer").start());
    }

    private void run() {
        while (stopping.getCount() > 0) {
            try (Connection connection = provider.connect();
                    Statement statement = connection.createStatement()) {
                while (stopping.getCount() > 0) {
                    statement.execute(transaction);
                    committed++;
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

    /** How many transactions were committed, as far as the client knows. */
    long committed() {
        return committed;
    }

    /** Lets the transaction end that runs; when this returns, it writes no more. Fails if it has stopped before. */
    void stop() {
        stopping.countDown();
        writing.join();
    }

    /** As {@link #stop}. */
    @Override
    public void close() {
        stop();
    }
}
