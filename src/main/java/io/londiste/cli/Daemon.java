package io.londiste.cli;

import io.londiste.Application;
import io.londiste.JobLock;
import io.londiste.LondisteException;
import io.londiste.cli.DaemonDesk.Asked;
import io.londiste.cli.DaemonDesk.Wish;
import io.londiste.config.Settings;
import io.londiste.subscriber.Position;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;

/** A replay or ticker process from its start to its end, and what its switches and signals do. */
final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    /** How often it is looked whether the job is ours, or still is. */
    private static final Duration LOOK = Duration.ofSeconds(3);

    /** How often it is looked whether all is done that was to be done once. */
    private static final Duration LOOK_ONCE = Duration.ofMillis(100);

    /** Exit codes of processes that end by a signal, as shells report them. */
    private static final int BY_INT = 130;

    private static final int BY_TERM = 143;

    /**
     * What a daemon does.
     *
     * @param check what has to hold before it starts
     * @param lock keeps others from doing the same; may make null where nothing has to
     * @param maker makes the routes
     * @param once whether to end when nothing is left to do, and not to wait for anything before
     */
    record Kind(
            Consumer<Settings> check,
            Function<Settings, JobLock> lock,
            Function<Settings, Application> maker,
            boolean once) {}

    private final Root root;
    private final Kind kind;
    private final DaemonDesk desk = new DaemonDesk(() -> halt(BY_TERM));
    private final DaemonRoutes routes;
    private final Turn turn;
    private Settings settings;
    private OperatorsDesk operators;
    private PidFile pidFile;

    private Daemon(Root root, Kind kind) {
        this.root = root;
        this.kind = kind;
        this.routes = new DaemonRoutes(kind.maker, desk);
        this.turn = new Turn(kind, desk);
    }

    /** Does what the switches say; returns the exit code. */
    static int run(Root root, CommandSpec command, DaemonOptions own, Kind kind) {
        root.daemon = root.daemon.with(own);
        if (root.daemon.actions() > 1) {
            throw Root.wrong(command, "only one of -d, -r, -s and -k makes sense");
        }
        if (root.daemon.signals()) {
            return RunningDaemon.signal(root);
        }
        return root.daemon.background && !Background.inBackground()
                ? Background.start(root)
                : new Daemon(root, kind).serve();
    }

    private int serve() {
        settings = root.settings();
        if (Background.inBackground() || settings.pidfile() != null) {
            pidFile = PidFile.take(RunningDaemon.pidFile(settings));
        }
        try {
            Logs.forDaemon(root.detail(), root.err, settings, !Background.inBackground());
            handleSignals();
            operators = kind.once ? OperatorsDesk.NONE : OperatorsDesk.open(settings, desk, terminal());
            turn.join(settings);
            boolean done = false;
            while (!done && standBy()) {
                done = work();
            }
            LOG.info("Stopped");
            return Cli.OK;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Cli.FAILED;
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
        return Background.isReady() ? null : root.err::println;
    }

    /** Waits until the job can be done by this process. Returns false if it is to stop instead. */
    private boolean standBy() throws InterruptedException {
        while (!desk.isStopping() && !turn.mayStart(settings)) {
            Background.ready();
            heed(desk.next(LOOK));
        }
        return !desk.isStopping();
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
        while (!desk.isStopping() && turn.isStillOurs()) {
            heed(desk.next(LOOK));
        }
        return false;
    }

    /** Returns whether all is done; fails if a table is not in sync then. */
    private boolean workOnce() throws InterruptedException {
        while (!desk.isStopping()) {
            var once = routes.running().once();
            if (once.isDone()) {
                var stopped = once.stopped();
                if (!stopped.isEmpty()) {
                    throw new LondisteException(stopped.stream()
                            .map(table -> "table " + table.name() + " is " + table.state() + ": " + table.reason())
                            .collect(Collectors.joining("; ")));
                }
                return true;
            }
            heed(desk.next(LOOK_ONCE));
        }
        return false;
    }

    private void end() {
        desk.close();
        try {
            routes.stop();
        } finally {
            turn.close();
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
            if (desk.ask(Wish.STOP)) {
                // Whoever asks again does not want to wait for the batch.
                halt(BY_INT);
            }
        });
        Signals.on("TERM", () -> halt(BY_TERM));
        Signals.on("HUP", () -> desk.ask(Wish.RELOAD));
    }

    /** Ends at once: what is under way on the servers is rolled back by them. */
    private void halt(int code) {
        if (pidFile != null) {
            pidFile.close();
        }
        Runtime.getRuntime().halt(code);
    }

    /** Does what was asked for, if anything was, and tells who asked. */
    private void heed(Asked asked) {
        if (asked == null) {
            return;
        }
        try {
            switch (asked.wish()) {
                case RELOAD -> reload();
                case PAUSE -> routes.pause();
                case RESUME -> routes.resume();
                case REWIND -> routes.move(settings, Position::rewind);
                case RESET -> routes.move(settings, Position::reset);
                case STOP -> {} // known already
            }
            asked.done().complete(null);
        } catch (RuntimeException e) {
            asked.done().completeExceptionally(e);
            LOG.error("Goes on as before: {}", Listing.text(e.getMessage()), LOG.isDebugEnabled() ? e : null);
        }
    }

    /** Goes on with INI file and routes as they are now; if they are of no use, as before. */
    private void reload() {
        LOG.info("Reading {} again", root.config);
        var fresh = root.load();
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
        turn.join(settings);
        Logs.forDaemon(root.detail(), root.err, settings, !Background.inBackground());
        operators.moveTo(settings, terminal());
        LOG.info("Goes on with {} as it is now", root.config);
    }

    /** The pid file of other settings, if that is another one: whoever reads them looks for us there. */
    private Optional<PidFile> movedPidFile(Settings fresh) {
        boolean moved = pidFile != null && !RunningDaemon.pidFile(fresh).equals(settings.pidfile());
        return moved ? Optional.of(PidFile.take(fresh.pidfile())) : Optional.empty();
    }
}
