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
 * Keeps a picture of the databases: a new one every two seconds (or seldomer, if it takes long), and when somebody wants to know and the last is older
 * than one, so that it costs the same however many ask for however much. Databases that do not answer keep nobody
 * waiting. Safe for use by several threads.
 */
public final class StateWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateWatch.class);

    private static final Duration LOOK = Duration.ofSeconds(2);

    /** How much longer it does not look than it does when nobody asks: thousands of tables take a while. */
    private static final int IDLE_PART = 20;

    private static final Duration SELDOMEST = Duration.ofSeconds(30);

    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final UnaryOperator<JobState> reader;
    private final BiConsumer<JobState, JobState> changed;
    private final ScheduledExecutorService thread;
    private volatile JobState picture = JobState.NONE;
    private CompletableFuture<Void> look = CompletableFuture.completedFuture(null);
    private long lookNanos;

    /**
     * @param reader makes a picture, given the last
     * @param changed is told the last picture and the new one, always in one and the same thread
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
        thread.execute(this::lookOn);
    }

    private void lookOn() {
        long begun = System.nanoTime();
        look();
        long pause = Math.max(LOOK.toNanos(), IDLE_PART * (System.nanoTime() - begun));
        pause = Math.min(pause, SELDOMEST.toNanos());
        if (!thread.isShutdown()) {
            thread.schedule(this::lookOn, pause, TimeUnit.NANOSECONDS);
        }
    }

    private void look() {
        try {
            var before = picture;
            var now = reader.apply(before);
            picture = now;
            changed.accept(before, now);
        } catch (RuntimeException e) {
            LOG.error("The MBeans cannot be brought up to date: {}", Causes.root(e), e);
        }
    }

    /** A picture that is no older than a second, if the databases answer. */
    public JobState now() {
        var last = picture;
        if (last.age().compareTo(FRESH) > 0) {
            await(begun(false));
        }
        return picture;
    }

    /** Has what was done until now seen. */
    public void renew() {
        await(begun(true));
    }

    /** @param anew whether one that goes on is not enough */
    private synchronized CompletableFuture<Void> begun(boolean anew) {
        boolean busy = !look.isDone();
        if (busy && !anew) {
            // whoever comes when it has taken too long already need not wait as well
            boolean late = System.nanoTime() - lookNanos > PATIENCE.toNanos();
            return late ? CompletableFuture.completedFuture(null) : look;
        }
        try {
            lookNanos = System.nanoTime();
            look = CompletableFuture.runAsync(this::look, thread);
        } catch (RejectedExecutionException closed) {
            look = CompletableFuture.completedFuture(null);
        }
        return look;
    }

    private static void await(CompletableFuture<Void> look) {
        try {
            look.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debug("The databases are slow to answer", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nothing is told to anybody after this, but by the look that goes on. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
