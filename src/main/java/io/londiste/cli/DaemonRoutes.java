package io.londiste.cli;

import io.londiste.Application;
import io.londiste.config.Settings;
import io.londiste.jmx.Operated.State;
import io.londiste.subscriber.Position;
import java.util.function.Consumer;
import java.util.function.Function;

/** The routes that a daemon runs, one set after the other. Used by its thread. */
final class DaemonRoutes {
    private final Function<Settings, Application> maker;
    private final DaemonDesk desk;
    private Application running;
    private boolean paused;

    /** @param desk is told what runs */
    DaemonRoutes(Function<Settings, Application> maker, DaemonDesk desk) {
        this.maker = maker;
        this.desk = desk;
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
        desk.runs(routes);
        if (paused) {
            routes.pause();
        }
        desk.is(paused ? State.PAUSED : State.RUNNING, "");
    }

    /** Lets the batch finish. Does nothing if nothing runs. */
    void stop() {
        if (running != null) {
            var ended = running;
            running = null;
            desk.is(State.STOPPING, "");
            ended.stop();
            desk.runs(null);
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
        desk.requireRunning();
        if (!paused) {
            running.pause();
            paused = true;
            desk.is(State.PAUSED, "");
        }
    }

    void resume() {
        desk.requireRunning();
        if (paused) {
            running.resume();
            paused = false;
            desk.is(State.RUNNING, "");
        }
    }

    /** Moves the job's position while nothing runs, with the job's lock in the daemon's hands. */
    void move(Settings settings, Consumer<Position> action) {
        desk.requireRunning();
        stop();
        try {
            Position.connected(settings, action);
        } finally {
            start(settings);
        }
    }
}
