package io.londiste.daemon;

import io.londiste.app.Application;
import io.londiste.app.RouteFiles;
import io.londiste.config.Settings;
import io.londiste.error.Causes;
import io.londiste.subscriber.Position;
import io.londiste.watch.ControlledDaemon.State;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts, stops, pauses and replaces the routes of a daemon. For use by the daemon's thread only. */
final class DaemonRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(DaemonRoutes.class);

    private final BiFunction<Settings, RouteFiles, Application> maker;
    private final DaemonControl control;
    private Application running;
    private RouteFiles files; // those in use; the directory may have changed since
    private boolean paused;

    /** @param control receives each change of state and routes */
    DaemonRoutes(BiFunction<Settings, RouteFiles, Application> maker, DaemonControl control) {
        this.maker = maker;
        this.control = control;
    }

    /** The running routes; null if none run. */
    Application running() {
        return running;
    }

    /**
     * Reads the route files for the first start and checks them.
     *
     * @throws io.londiste.error.LondisteException if they have a mistake; the message names the file
     */
    void load(Settings settings) {
        files = RouteFiles.read(settings.routesDir());
        if (!files.own().isEmpty()) {
            check(settings, files);
        }
    }

    /** Creates the routes without starting them; throws if that fails. */
    void check(Settings settings, RouteFiles read) {
        try (var trial = maker.apply(settings, read)) {
            trial.check();
        }
    }

    /** Starts the routes with the route files as they were when they were loaded or replaced. */
    void start(Settings settings) {
        start(settings, files);
    }

    private void start(Settings settings, RouteFiles read) {
        var routes = maker.apply(settings, read);
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
     * Restarts the routes with fresh settings and route files, which were {@linkplain #check checked} together. If that
     * fails, restarts them with the settings and files before and throws the error; if that fails, too, none run. If none
     * run, only takes the files for the next start.
     */
    void replace(Settings before, Settings fresh, RouteFiles checked) {
        if (running != null) {
            stop();
            try {
                start(fresh, checked);
            } catch (RuntimeException e) {
                restart(before, e);
                throw e;
            }
        }
        files = checked;
    }

    private void restart(Settings before, RuntimeException reason) {
        try {
            start(before);
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
            LOG.error("The routes that ran before cannot be started again: {}", Causes.message(e));
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
