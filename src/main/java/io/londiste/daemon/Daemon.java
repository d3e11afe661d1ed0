package io.londiste.daemon;

import io.londiste.app.Application;
import io.londiste.app.JobLock;
import io.londiste.app.RouteFiles;
import io.londiste.config.LogFormat;
import io.londiste.config.Settings;
import io.londiste.daemon.DaemonControl.Request;
import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import io.londiste.subscriber.Position;
import io.londiste.watch.ControlledDaemon.State;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of a replay or ticker process: start, standby, work, requests and signals, end. */
public final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    /** The interval of checks whether this process owns the job. */
    private static final Duration POLL = Duration.ofSeconds(3);

    /** The interval of checks whether a run with {@code --once} is complete. */
    private static final Duration POLL_ONCE = Duration.ofMillis(100);

    /**
     * The work of a daemon.
     *
     * @param check throws if the routes cannot be started with these settings
     * @param lock creates the lock that keeps other processes from doing the same work; returns null if none is needed
     * @param maker creates the routes
     * @param once whether to exit when nothing is left to do, and to fail instead of waiting for databases or other processes
     */
    public record Kind(
            Consumer<Settings> check,
            Function<Settings, JobLock> lock,
            BiFunction<Settings, RouteFiles, Application> maker,
            boolean once) {}

    private final Invocation invocation;
    private final Kind kind;
    private final DaemonControl control = new DaemonControl(this::kill);
    private final DaemonSignals signals = new DaemonSignals(control, this::halt);
    private final DaemonRoutes routes;
    private final JobOwnership ownership;
    private final ReloadOutcome outcome = new ReloadOutcome();
    private Settings settings;
    private OperatorServices operators;
    private PidFile pidFile;
    private boolean announced;

    private Daemon(Invocation invocation, Kind kind) {
        this.invocation = invocation;
        this.kind = kind;
        this.routes = new DaemonRoutes(kind.maker, control);
        this.ownership = new JobOwnership(kind, control);
    }

    /** Runs the daemon in this process or starts it in the background; returns the exit code when that is done. */
    public static int run(Invocation invocation, Kind kind) {
        return invocation.background() && !Background.inBackground()
                ? Background.start(invocation)
                : new Daemon(invocation, kind).serve();
    }

    private int serve() {
        settings = invocation.load();
        if (Background.inBackground() || settings.pidfile() != null) {
            pidFile = PidFile.take(RunningDaemon.pidFile(settings));
        }
        try {
            Logs.forDaemon(invocation.detail(), invocation.err(), settings, !Background.inBackground());
            signals.handle();
            routes.load(settings);
            operators = kind.once ? OperatorServices.NONE : OperatorServices.open(settings, control, terminal());
            ownership.join(settings);
            boolean done = false;
            while (!done && standBy()) {
                done = work();
            }
            LOG.info("Stopped");
            return kind.once && !done ? signals.code() : ExitCode.OK;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        } catch (RuntimeException e) {
            boolean json = settings.logFormat() == LogFormat.JSON && !Background.inBackground();
            if (json || Background.isReady()) {
                // The terminal is closed, or reads JSON only.
                LOG.error("Stopped by an error: {}", e.getMessage(), e);
            }
            if (json) {
                return ExitCode.FAILED;
            }
            throw e;
        } finally {
            end();
        }
    }

    /** Prints to standard error; null once the terminal is closed. */
    private Consumer<String> terminal() {
        return Background.isReady() ? null : invocation.err()::println;
    }

    /** Waits until this process can start the work. Returns false if it is to stop instead. */
    private boolean standBy() throws InterruptedException {
        while (!control.isStopping() && !ownership.canStart(settings)) {
            ready();
            handle(control.next(POLL));
        }
        return !control.isStopping();
    }

    /**
     * Works until the daemon is to stop, another process has taken over the job, or no routes run since a request has
     * failed; then they are started once more, and the process ends if that fails, too. Returns true if a run with
     * {@code --once} is complete.
     */
    private boolean work() throws InterruptedException {
        routes.start(settings);
        LOG.info("Started {}", settings.file());
        ready();
        boolean done = kind.once ? workOnce() : workUntilStopped();
        LOG.info("Stopping");
        routes.stop();
        return done;
    }

    /** Tells the starting process and systemd that the daemon works, is a standby, or waits for its databases; only the first time. */
    private void ready() {
        if (!announced) {
            announced = true;
            Background.ready();
            ServiceManager.ready();
        }
    }

    private boolean workUntilStopped() throws InterruptedException {
        while (!control.isStopping() && routes.running() != null && ownership.isStillOurs()) {
            handle(control.next(POLL));
        }
        return false;
    }

    /** Returns whether the run is complete; throws if it is and a table is stopped. */
    private boolean workOnce() throws InterruptedException {
        while (!control.isStopping() && routes.running() != null) {
            var once = routes.running().completion();
            if (once.isDone()) {
                var stopped = once.stopped();
                if (!stopped.isEmpty()) {
                    throw new LondisteException(stopped.stream()
                            .map(table -> "table " + table.name() + " is " + table.state() + ": " + table.reason())
                            .collect(Collectors.joining("; ")));
                }
                return true;
            }
            handle(control.next(POLL_ONCE));
        }
        return false;
    }

    private void end() {
        control.close();
        try {
            routes.stop();
        } finally {
            ownership.close();
            if (operators != null) {
                operators.close();
            }
            if (pidFile != null) {
                pidFile.close();
            }
        }
    }

    /** What the MBeans' kill does. */
    private void kill() {
        signals.terminate("kill");
    }

    /** Ends the process at once; the servers roll back its open transactions. */
    private void halt(int code) {
        try {
            if (pidFile != null) {
                pidFile.close();
            }
        } finally {
            Runtime.getRuntime().halt(code);
        }
    }

    /** Carries out the request, if not null, and completes it with the outcome. */
    private void handle(Request request) {
        if (request == null) {
            return;
        }
        try {
            switch (request.action()) {
                case RELOAD -> reload();
                case PAUSE -> routes.pause();
                case RESUME -> routes.resume();
                case REWIND -> routes.move(settings, Position::rewind);
                case RESET -> routes.move(settings, Position::reset);
                case STOP -> {} // the loops check isStopping
            }
            request.done().complete(null);
        } catch (RuntimeException e) {
            request.done().completeExceptionally(e);
            var reason = Causes.message(e);
            var stopped = control.condition().state() == State.STOPPING && !control.isStopping();
            LOG.error(
                    stopped
                            ? "The request failed, and the routes are stopped: {}"
                            : "The request failed, the daemon continues as before: {}",
                    reason,
                    LOG.isDebugEnabled() ? e : null);
            if (stopped) {
                control.setState(State.WAITING, reason);
            }
        }
    }

    /** Reloads, and records the outcome for {@code -r}. */
    private void reload() {
        if (pidFile == null) {
            switchOver();
            return;
        }
        outcome.begin(settings.pidfile());
        try {
            switchOver();
            outcome.done(settings.pidfile(), "Reloaded " + invocation.config() + idle());
        } catch (RuntimeException e) {
            outcome.failed(settings.pidfile(), Causes.message(e) + idle());
            throw e;
        }
    }

    /** That no routes run in this process, and why; empty if they do. */
    private String idle() {
        var now = control.condition();
        return routes.running() != null
                ? ""
                : "; no routes run in process " + ProcessHandle.current().pid() + ": it is "
                        + now.state().name().toLowerCase(Locale.ROOT)
                        + (now.error().isEmpty() ? "" : ", " + now.error());
    }

    /** Switches to the current INI file and routes; throws and keeps the previous ones if the current ones do not work. */
    private void switchOver() {
        LOG.info("Reading {} again", invocation.config());
        var fresh = invocation.load();
        Logs.check(fresh);
        var files = RouteFiles.read(fresh.routesDir());
        routes.check(fresh, files);
        if (routes.running() != null) {
            kind.check.accept(fresh);
        }
        var moved = movedPidFile(fresh);
        try {
            routes.replace(settings, fresh, files);
        } catch (RuntimeException e) {
            moved.ifPresent(PidFile::close);
            throw e;
        }
        moved.ifPresent(file -> {
            pidFile.close();
            pidFile = file;
        });
        settings = fresh;
        ownership.join(settings);
        Logs.forDaemon(invocation.detail(), invocation.err(), settings, !Background.inBackground());
        operators.reload(settings, terminal());
        LOG.info("Reloaded {}{}", invocation.config(), idle());
    }

    /** Takes the pid file of the fresh settings if it is another one: {@code -s} reads its name from the INI file. */
    private Optional<PidFile> movedPidFile(Settings fresh) {
        boolean moved = pidFile != null && !RunningDaemon.pidFile(fresh).equals(settings.pidfile());
        return moved ? Optional.of(PidFile.take(fresh.pidfile())) : Optional.empty();
    }
}
