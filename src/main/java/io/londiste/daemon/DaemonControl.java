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

/** State of a daemon, and the queue of requests that signals and MBeans submit from any thread. The daemon's thread executes them. */
public final class DaemonControl implements ControlledDaemon {
    /** Time to deliver the reply to the caller before the process ends. */
    private static final Duration REPLY_TIME = Duration.ofMillis(200);

    /** What can be requested of a daemon. */
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
     * @param done completes when the action succeeded or failed; cancelled when the daemon stops first
     */
    record Request(Action action, CompletableFuture<Void> done) {}

    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private volatile boolean stopping;
    private final Runnable killed;
    private volatile Condition condition = new Condition(State.WAITING, "", Instant.now());
    private volatile Application application;

    /** @param killed ends the process as SIGTERM does */
    public DaemonControl(Runnable killed) {
        this.killed = killed;
    }

    /** Waits for the next request; null if there is none within the timeout. */
    Request next(Duration timeout) throws InterruptedException {
        return requests.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Sets the state; {@code error} is what prevents the daemon from working, or empty. */
    void setState(State state, String error) {
        var before = condition;
        condition = new Condition(state, error, before.state() == state ? before.since() : Instant.now());
    }

    /** Sets the running routes; null if none run. */
    void setApplication(Application routes) {
        application = routes;
    }

    /** Adds a request and returns at once. */
    void submit(Action action) {
        if (action == Action.STOP) {
            stopping = true;
        }
        requests.add(new Request(action, new CompletableFuture<>()));
    }

    boolean isStopping() {
        return stopping;
    }

    /** Cancels all pending requests and refuses new ones. */
    void close() {
        stopping = true;
        for (var left = requests.poll(); left != null; left = requests.poll()) {
            left.done.cancel(false);
        }
    }

    private void submitAndWait(Action action) {
        if (stopping) {
            throw new LondisteException("the daemon is stopping");
        }
        var request = new Request(action, new CompletableFuture<>());
        requests.add(request);
        try {
            request.done.join();
        } catch (CancellationException e) {
            throw new LondisteException("the daemon is stopping", e);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    /** Throws unless the routes run in this process. */
    void requireRunning() {
        var now = condition;
        if (application == null) {
            throw new LondisteException("the replay does not run in this process: it is "
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
        submitAndWait(Action.PAUSE);
    }

    @Override
    public void resume() {
        submitAndWait(Action.RESUME);
    }

    @Override
    public void rewind() {
        submitAndWait(Action.REWIND);
    }

    @Override
    public void reset() {
        submitAndWait(Action.RESET);
    }

    @Override
    public void reload() {
        submitAndWait(Action.RELOAD);
    }

    @Override
    public void stop() {
        submit(Action.STOP);
    }

    @Override
    public void kill() {
        CompletableFuture.delayedExecutor(REPLY_TIME.toMillis(), TimeUnit.MILLISECONDS)
                .execute(killed);
    }
}
