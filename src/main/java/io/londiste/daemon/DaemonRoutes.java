package io.londiste.daemon;

import io.londiste.app.Application;
import io.londiste.config.Settings;
import io.londiste.subscriber.Position;
import io.londiste.watch.ControlledDaemon.State;
import java.util.function.Consumer;
import java.util.function.Function;

/** The routes that a daemon runs, one set after the other. Used by its thread. */
final class DaemonRoutes {
    private final Function<Settings, Application> maker;
    private final DaemonControl control;
    private Application running;
    private boolean paused;

    /** @param control is told what runs */
    DaemonRoutes(Function<Settings, Application> maker, DaemonControl control) {
        this.maker = maker;
        this.control = control;
    }

    /** What runs; null if nothing does. */
    Application running() {
        return running;
    }

    void start(Settings settings) {
        run(maker.apply(settings));
    }

    private void run(Application routes) {
        routes.start();
        running = routes;
        control.runs(routes);
        if (paused) {
            routes.pause();
        }
        control.is(paused ? State.PAUSED : State.RUNNING, "");
    }

    /** Lets the batch finish. Does nothing if nothing runs. */
    void stop() {
        if (running != null) {
            var ended = running;
            running = null;
            control.is(State.STOPPING, "");
            ended.stop();
            control.runs(null);
        }
    }

    /** Goes on with fresh settings, or, if they are of no use, with those there were. Does nothing if nothing runs. */
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
            control.is(State.PAUSED, "");
        }
    }

    void resume() {
        control.requireRunning();
        if (paused) {
            running.resume();
            paused = false;
            control.is(State.RUNNING, "");
        }
    }

    /** Moves the job's position while nothing runs, with the job's lock in the daemon's hands. */
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
