package io.londiste.cli;

import io.londiste.Application;
import io.londiste.LondisteException;
import io.londiste.SqlState;
import io.londiste.config.Settings;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;

/** A replay or ticker process from its start to its end, and what its switches and signals do. */
final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    /** Exit codes of processes that end by a signal, as shells report them. */
    private static final int BY_INT = 130;

    private static final int BY_TERM = 143;

    private enum Wish {
        STOP,
        RELOAD
    }

    private final Root root;
    private final Consumer<Settings> check;
    private final Function<Settings, Application> maker;
    private final BlockingQueue<Wish> wishes = new LinkedBlockingQueue<>();
    private Settings settings;
    private Application application;
    private PidFile pidFile;
    private volatile boolean interruptible;

    private Daemon(Root root, Consumer<Settings> check, Function<Settings, Application> maker) {
        this.root = root;
        this.check = check;
        this.maker = maker;
    }

    /**
     * Does what the switches say; returns the exit code.
     *
     * @param check what has to hold before it starts
     */
    static int run(
            Root root,
            CommandSpec command,
            DaemonOptions own,
            Consumer<Settings> check,
            Function<Settings, Application> maker) {
        root.daemon = root.daemon.with(own);
        if (root.daemon.actions() > 1) {
            throw Root.wrong(command, "only one of -d, -r, -s and -k makes sense");
        }
        if (root.daemon.signals()) {
            return signal(root);
        }
        return root.daemon.background && !Background.inBackground()
                ? Background.start(root)
                : new Daemon(root, check, maker).serve();
    }

    /** Sends a signal to the running daemon; after a stop, waits for its end. */
    static int signal(Root root) {
        var settings = root.settings();
        var file = pidFile(settings);
        var pid = PidFile.owner(file)
                .orElseThrow(() -> Root.failure(settings.jobName() + " does not run: no process has pid file " + file));
        var name = root.daemon.signal();
        if (!Signals.send(name, pid)) {
            throw Root.failure("process " + pid + " of " + settings.jobName() + " may not be signalled");
        }
        LOG.info("Sent SIG{} to process {}", name, pid);
        if (!root.daemon.reload) {
            ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
        }
        return Cli.OK;
    }

    private static Path pidFile(Settings settings) {
        if (settings.pidfile() == null) {
            throw Root.failure(settings.file() + ": [" + settings.section().written()
                    + "] pidfile: has to be set for -d, -r, -s and -k");
        }
        return settings.pidfile();
    }

    private int serve() {
        settings = root.settings();
        if (Background.inBackground() || settings.pidfile() != null) {
            pidFile = PidFile.take(pidFile(settings));
        }
        try {
            Logs.forDaemon(root.detail(), root.err, settings, !Background.inBackground());
            handleSignals();
            check();
            application = maker.apply(settings);
            application.start();
            interruptible = true;
            LOG.info("Started {}", settings.file());
            Background.ready();
            while (wishes.take() == Wish.RELOAD) {
                reload();
            }
            LOG.info("Stopping");
            application.stop();
            LOG.info("Stopped");
            return Cli.OK;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Cli.FAILED;
        } catch (RuntimeException e) {
            LOG.debug("Failed", e);
            throw e;
        } finally {
            end();
        }
    }

    /**
     * What somebody has to put right is told now, while he looks. What may pass by itself is waited for: after a power
     * cut, daemons come up before their servers.
     */
    private void check() {
        try {
            check.accept(settings);
        } catch (LondisteException e) {
            if (!SqlState.isPassing(e) || isUnknownHost(e)) {
                throw e;
            }
            LOG.warn("{}; tries again until it works", e.getMessage());
        }
    }

    private static boolean isUnknownHost(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(UnknownHostException.class::isInstance);
    }

    private void end() {
        if (application != null) {
            application.close();
        }
        if (pidFile != null) {
            pidFile.close();
        }
    }

    private void handleSignals() {
        Signals.on("INT", () -> {
            if (!interruptible) {
                halt(BY_INT);
            }
            // From now on, whoever asks again does not want to wait for the batch.
            interruptible = false;
            wishes.add(Wish.STOP);
        });
        Signals.on("TERM", () -> halt(BY_TERM));
        Signals.on("HUP", () -> wishes.add(Wish.RELOAD));
    }

    /** Ends at once: what is under way on the servers is rolled back by them. */
    private void halt(int code) {
        if (pidFile != null) {
            pidFile.close();
        }
        Runtime.getRuntime().halt(code);
    }

    /** Goes on with INI file and routes as they are now; if they are of no use, as before. */
    private void reload() {
        LOG.info("Reading {} again", root.config);
        try {
            var fresh = root.load();
            var next = maker.apply(fresh);
            application.stop();
            application.close();
            try {
                next.start();
                settings = fresh;
                application = next;
                Logs.forDaemon(root.detail(), root.err, settings, !Background.inBackground());
                LOG.info("Goes on with {} as it is now", root.config);
            } catch (RuntimeException e) {
                next.close();
                application = maker.apply(settings);
                application.start();
                throw e;
            }
        } catch (RuntimeException e) {
            LOG.error("Goes on as before: {}", e.getMessage(), LOG.isDebugEnabled() ? e : null);
        }
    }
}
