package io.londiste.daemon;

import io.londiste.app.Application;
import io.londiste.app.JobLock;
import io.londiste.config.Settings;
import io.londiste.daemon.DaemonControl.Action;
import io.londiste.daemon.DaemonControl.Request;
import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import io.londiste.subscriber.Position;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A replay or ticker process from its start to its end, and what its switches and signals do. */
public final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    /** How often it is looked whether the job is ours, or still is. */
    private static final Duration POLL = Duration.ofSeconds(3);

    /** How often it is looked whether all is done that was to be done once. */
    private static final Duration POLL_ONCE = Duration.ofMillis(100);

    /**
     * What a daemon does.
     *
     * @param check what has to hold before it starts
     * @param lock keeps others from doing the same; may make null where nothing has to
     * @param maker makes the routes
     * @param once whether to end when nothing is left to do, and not to wait for anything before
     */
    public record Kind(
            Consumer<Settings> check,
            Function<Settings, JobLock> lock,
            Function<Settings, Application> maker,
            boolean once) {}

    private final Invocation invocation;
    private final Kind kind;
    private final DaemonControl control = new DaemonControl(() -> halt(ExitCode.BY_TERM));
    private final DaemonRoutes routes;
    private final JobOwnership ownership;
    private Settings settings;
    private OperatorServices operators;
    private PidFile pidFile;

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
            handleSignals();
            operators = kind.once ? OperatorServices.NONE : OperatorServices.open(settings, control, terminal());
            ownership.join(settings);
            boolean done = false;
            while (!done && standBy()) {
                done = work();
            }
            LOG.info("Stopped");
            return ExitCode.OK;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        } catch (RuntimeException e) {
            if (Background.isReady()) {
                // Nobody looks at the terminal any more.
                LOG.error("Ends: {}", e.getMessage(), e);
            }
            throw e;
        } finally {
            end();
        }
    }

    /** Where somebody sees what is said once; null if nobody looks any more. */
    private Consumer<String> terminal() {
        return Background.isReady() ? null : invocation.err()::println;
    }

    /** Waits until the job can be done by this process. Returns false if it is to stop instead. */
    private boolean standBy() throws InterruptedException {
        while (!control.isStopping() && !ownership.mayStart(settings)) {
            Background.ready();
            handle(control.next(POLL));
        }
        return !control.isStopping();
    }

    /**
     * Does the job until it is to stop, or another process has taken it over. Returns whether there is nothing left to do
     * for a process that does its work once.
     */
    private boolean work() throws InterruptedException {
        routes.start(settings);
        LOG.info("Started {}", settings.file());
        Background.ready();
        boolean done = kind.once ? workOnce() : workOn();
        LOG.info("Stopping");
        routes.stop();
        return done;
    }

    private boolean workOn() throws InterruptedException {
        while (!control.isStopping() && ownership.isStillOurs()) {
            handle(control.next(POLL));
        }
        return false;
    }

    /** Returns whether all is done; fails if a table is not in sync then. */
    private boolean workOnce() throws InterruptedException {
        while (!control.isStopping()) {
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

    private void handleSignals() {
        Signals.on("INT", () -> {
            if (control.ask(Action.STOP)) {
                // Whoever asks again does not want to wait for the batch.
                halt(ExitCode.BY_INT);
            }
        });
        Signals.on("TERM", () -> halt(ExitCode.BY_TERM));
        Signals.on("HUP", () -> control.ask(Action.RELOAD));
    }

    /** Ends at once: what is under way on the servers is rolled back by them. */
    private void halt(int code) {
        if (pidFile != null) {
            pidFile.close();
        }
        Runtime.getRuntime().halt(code);
    }

    /** Carries out a request, if there is one, and reports the outcome to its maker. */
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
                case STOP -> {} // known already
            }
            request.done().complete(null);
        } catch (RuntimeException e) {
            request.done().completeExceptionally(e);
            LOG.error("Goes on as before: {}", Causes.message(e), LOG.isDebugEnabled() ? e : null);
        }
    }

    /** Goes on with INI file and routes as they are now; if they are of no use, as before. */
    private void reload() {
        LOG.info("Reading {} again", invocation.config());
        var fresh = invocation.load();
        if (routes.running() != null) {
            kind.check.accept(fresh);
        }
        var moved = movedPidFile(fresh);
        try {
            routes.replace(settings, fresh);
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
        operators.moveTo(settings, terminal());
        LOG.info("Goes on with {} as it is now", invocation.config());
    }

    /** The pid file of other settings, if that is another one: whoever reads them looks for us there. */
    private Optional<PidFile> movedPidFile(Settings fresh) {
        boolean moved = pidFile != null && !RunningDaemon.pidFile(fresh).equals(settings.pidfile());
        return moved ? Optional.of(PidFile.take(fresh.pidfile())) : Optional.empty();
    }
}
