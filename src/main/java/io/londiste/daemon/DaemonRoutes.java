package io.londiste.daemon;

import io.londiste.app.Application;
import io.londiste.config.Settings;
import io.londiste.subscriber.Position;
import io.londiste.watch.ControlledDaemon.State;
import java.util.function.Consumer;
import java.util.function.Function;

/** Starts, stops, pauses and replaces the routes of a daemon. For use by the daemon's thread only. */
final class DaemonRoutes {
    private final Function<Settings, Application> maker;
    private final DaemonControl control;
    private Application running;
    private boolean paused;

    /** @param control receives each change of state and routes */
    DaemonRoutes(Function<Settings, Application> maker, DaemonControl control) {
        this.maker = maker;
        this.control = control;
    }

    /** The running routes; null if none run. */
    Application running() {
        return running;
    }

    void start(Settings settings) {
        run(maker.apply(settings));
    }

    private void run(Application routes) {
        routes.start();
        running = routes;
        control.setApplication(routes);
        if (paused) {
            routes.pause();
        }
        control.setState(paused ? State.PAUSED : State.RUNNING, "");
    }

    /** Stops the routes once the current batch is finished. Does nothing if none run. */
    void stop() {
        if (running != null) {
            var ended = running;
            running = null;
            control.setState(State.STOPPING, "");
            ended.stop();
            control.setApplication(null);
        }
    }

    /**
     * Restarts the routes with fresh settings. If that fails, restarts them with those before and throws the error. Does
     * nothing if none run.
     */
    void replace(Settings before, Settings fresh) {
        if (running == null) {
            return;
        }
        var next = maker.apply(fresh);
        stop();
        try {
            run(next);
        } catch (RuntimeException e) {
            start(before);
            throw e;
        }
    }

    void pause() {
        control.requireRunning();
        if (!paused) {
            running.pause();
            paused = true;
            control.setState(State.PAUSED, "");
        }
    }

    void resume() {
        control.requireRunning();
        if (paused) {
            running.resume();
            paused = false;
            control.setState(State.RUNNING, "");
        }
    }

    /** Changes the job's position while the routes are stopped and the daemon holds the job's lock; then restarts them. */
    void move(Settings settings, Consumer<Position> action) {
        control.requireRunning();
        stop();
        try {
            Position.connected(settings, action);
        } finally {
            start(settings);
        }
    }
}
