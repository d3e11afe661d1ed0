package io.londiste.watch;

import io.londiste.error.Causes;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the state of a job up to date. Reads it every two seconds, less often if reading takes long, and on request if the
 * last one is older than a second; the cost therefore does not depend on the number of clients. Callers wait at most two
 * seconds for databases that do not respond. Safe for use by several threads.
 */
public final class StateWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateWatch.class);

    private static final Duration INTERVAL = Duration.ofSeconds(2);

    /** The pause is at least this many times the duration of a read, which is long with thousands of tables. */
    private static final int PAUSE_FACTOR = 20;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private static final Duration MAX_AGE = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final UnaryOperator<JobState> reader;
    private final BiConsumer<JobState, JobState> changed;
    private final ScheduledExecutorService thread;
    private volatile JobState state = JobState.NONE;
    private CompletableFuture<Void> update = CompletableFuture.completedFuture(null);
    private long updateStarted;

    /**
     * @param name name of the thread
     * @param reader reads the state, given the last one
     * @param changed receives the last state and the new one, always in the same thread
     */
    public StateWatch(String name, UnaryOperator<JobState> reader, BiConsumer<JobState, JobState> changed) {
        this.reader = reader;
        this.changed = changed;
        thread = Executors.newSingleThreadScheduledExecutor(work -> {
            var made = new Thread(work, name);
            made.setDaemon(true);
            return made;
        });
    }

    public void start() {
        thread.execute(this::updateRepeatedly);
    }

    private void updateRepeatedly() {
        long begun = System.nanoTime();
        update();
        long pause = Math.max(INTERVAL.toNanos(), PAUSE_FACTOR * (System.nanoTime() - begun));
        pause = Math.min(pause, LONGEST_PAUSE.toNanos());
        if (!thread.isShutdown()) {
            thread.schedule(this::updateRepeatedly, pause, TimeUnit.NANOSECONDS);
        }
    }

    private void update() {
        try {
            var before = state;
            var now = reader.apply(before);
            state = now;
            changed.accept(before, now);
        } catch (RuntimeException e) {
            LOG.error("The MBeans cannot be updated: {}", Causes.root(e), e);
        }
    }

    /** The state, no older than a second if the databases respond in time. */
    public JobState now() {
        if (state.age().compareTo(MAX_AGE) > 0) {
            await(startUpdate(false));
        }
        return state;
    }

    /** Waits for a state that includes everything committed before this call, if the databases respond in time. */
    public void renew() {
        await(startUpdate(true));
    }

    /** @param fresh whether to start another update even if one is running */
    private synchronized CompletableFuture<Void> startUpdate(boolean fresh) {
        boolean busy = !update.isDone();
        if (busy && !fresh) {
            // callers do not wait for an update that has already taken too long
            boolean late = System.nanoTime() - updateStarted > TIMEOUT.toNanos();
            return late ? CompletableFuture.completedFuture(null) : update;
        }
        try {
            updateStarted = System.nanoTime();
            update = CompletableFuture.runAsync(this::update, thread);
        } catch (RejectedExecutionException closed) {
            update = CompletableFuture.completedFuture(null);
        }
        return update;
    }

    private static void await(CompletableFuture<Void> update) {
        try {
            update.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debug("The databases are slow to respond", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops updating. An update that is running may still call {@code changed} if it does not end within two seconds. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
