package io.londiste.daemon;

import io.londiste.app.Application;
import io.londiste.error.LondisteException;
import io.londiste.watch.ControlledDaemon;
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

/** The condition of a daemon, and the requests that signals and MBeans make of it from any thread; its own thread carries them out. */
public final class DaemonControl implements ControlledDaemon {
    /** Time for an answer to get out of the process before it ends. */
    private static final Duration ANSWER = Duration.ofMillis(200);

    /** What a daemon can be asked to do. */
    enum Action {
        STOP,
        RELOAD,
        PAUSE,
        RESUME,
        REWIND,
        RESET
    }

    /**
     * A request to the daemon.
     *
     * @param done completed when it is fulfilled, or cannot be
     */
    record Request(Action action, CompletableFuture<Void> done) {}

    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Runnable halt;
    private volatile Condition condition = new Condition(State.WAITING, "", Instant.now());
    private volatile Application application;

    /** @param halt ends the process at once */
    public DaemonControl(Runnable halt) {
        this.halt = halt;
    }

    /** What is wished next; null if that is nothing for so long. */
    Request next(Duration patience) throws InterruptedException {
        return requests.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
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

    /** Asks without waiting. Returns whether a stop was requested before. */
    boolean ask(Action action) {
        boolean before = action == Action.STOP && stopping.getAndSet(true);
        requests.add(new Request(action, new CompletableFuture<>()));
        return before;
    }

    boolean isStopping() {
        return stopping.get();
    }

    /** Nothing is fulfilled any more. */
    void close() {
        stopping.set(true);
        for (var left = requests.poll(); left != null; left = requests.poll()) {
            left.done.cancel(false);
        }
    }

    private void askAndWait(Action action) {
        if (stopping.get()) {
            throw new LondisteException("the daemon stops");
        }
        var one = new Request(action, new CompletableFuture<>());
        requests.add(one);
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
        askAndWait(Action.PAUSE);
    }

    @Override
    public void resume() {
        askAndWait(Action.RESUME);
    }

    @Override
    public void rewind() {
        askAndWait(Action.REWIND);
    }

    @Override
    public void reset() {
        askAndWait(Action.RESET);
    }

    @Override
    public void reload() {
        askAndWait(Action.RELOAD);
    }

    @Override
    public void stop() {
        ask(Action.STOP);
    }

    @Override
    public void kill() {
        CompletableFuture.delayedExecutor(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .execute(halt);
    }
}
