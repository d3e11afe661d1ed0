package io.londiste.cli;

import io.londiste.Application;
import io.londiste.LondisteException;
import io.londiste.jmx.Operated;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** How a daemon is, and what it is asked for: by signals and MBeans, in any thread, for the daemon's own to do. */
final class DaemonDesk implements Operated {
    /** Time for an answer to get out of the process before it ends. */
    private static final Duration ANSWER = Duration.ofMillis(200);

    /** What a daemon can be asked for. */
    enum Wish {
        STOP,
        RELOAD,
        PAUSE,
        RESUME,
        REWIND,
        RESET
    }

    /**
     * A wish of somebody.
     *
     * @param done completed when it is fulfilled, or cannot be
     */
    record Asked(Wish wish, CompletableFuture<Void> done) {}

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Runnable halt;
    private volatile Condition condition = new Condition(State.WAITING, "", Instant.now());
    private volatile Application application;

    /** @param halt ends the process at once */
    DaemonDesk(Runnable halt) {
        this.halt = halt;
    }

    /** What is wished next; null if that is nothing for so long. */
    Asked next(Duration patience) throws InterruptedException {
        return asked.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The daemon is so from now on; {@code error} is what stands in its way, or empty. */
    void is(State state, String error) {
        var before = condition;
        condition = new Condition(state, error, before.state() == state ? before.since() : Instant.now());
    }

    /** These routes run from now on; null: none. */
    void runs(Application routes) {
        application = routes;
    }

    /** Asks without waiting. Returns whether a stop was asked for before. */
    boolean ask(Wish wish) {
        boolean before = wish == Wish.STOP && stopping.getAndSet(true);
        asked.add(new Asked(wish, new CompletableFuture<>()));
        return before;
    }

    boolean isStopping() {
        return stopping.get();
    }

    /** Nothing is fulfilled any more. */
    void close() {
        stopping.set(true);
        for (var left = asked.poll(); left != null; left = asked.poll()) {
            left.done.cancel(false);
        }
    }

    private void askAndWait(Wish wish) {
        if (stopping.get()) {
            throw new LondisteException("the daemon stops");
        }
        var one = new Asked(wish, new CompletableFuture<>());
        asked.add(one);
        try {
            one.done.join();
        } catch (CancellationException e) {
            throw new LondisteException("the daemon stops", e);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    /** Fails unless routes of its own run. */
    void requireRunning() {
        var now = condition;
        if (application == null) {
            throw new LondisteException("the replay does not run here: it is "
                    + now.state().name().toLowerCase(Locale.ROOT) + (now.error().isEmpty() ? "" : ", " + now.error()));
        }
    }

    @Override
    public Condition condition() {
        return condition;
    }

    @Override
    public Optional<Application> application() {
        return Optional.ofNullable(application);
    }

    @Override
    public void pause() {
        askAndWait(Wish.PAUSE);
    }

    @Override
    public void resume() {
        askAndWait(Wish.RESUME);
    }

    @Override
    public void rewind() {
        askAndWait(Wish.REWIND);
    }

    @Override
    public void reset() {
        askAndWait(Wish.RESET);
    }

    @Override
    public void reload() {
        askAndWait(Wish.RELOAD);
    }

    @Override
    public void stop() {
        ask(Wish.STOP);
    }

    @Override
    public void kill() {
        CompletableFuture.delayedExecutor(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .execute(halt);
    }
}
