package io.londiste.daemon;

import io.londiste.daemon.DaemonControl.Action;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What signals do to a daemon: SIGHUP makes it reload, SIGINT lets it finish its batch and end, SIGTERM the same within a limit,
 * and a second one of the last two ends the process at once. Safe for use by several threads.
 */
final class DaemonSignals {
    private static final Logger LOG = LoggerFactory.getLogger(DaemonSignals.class);

    /** How long SIGTERM lets the daemon finish what it has begun. Docker kills after 10 seconds, systemd after 90. */
    static final Duration LIMIT = Duration.ofSeconds(5);

    /** Equal signals within this time are one: GNU timeout, for example, sends each to the process and to its group. */
    private static final Duration ECHO = Duration.ofMillis(500);

    /** How long to wait at most until a line is in the log. */
    private static final Duration LOGGING = Duration.ofMillis(500);

    private static final String ROLLED_BACK =
            "What is not committed is rolled back by the servers, and done again after the next start";

    private final DaemonControl control;
    private final IntConsumer halt;
    private Signal first;
    private long received;

    /**
     * @param control receives the requests to reload and to stop
     * @param halt ends the process at once with that exit code
     */
    DaemonSignals(DaemonControl control, IntConsumer halt) {
        this.control = control;
        this.halt = halt;
    }

    /** Handles the signals of this process from now on. */
    void handle() {
        on(Signal.HUP, () -> control.submit(Action.RELOAD), "-r cannot make this process read its INI file again");
        on(Signal.INT, this::interrupt, "-s cannot stop this process; -k can");
        on(Signal.TERM, () -> terminate("SIGTERM"), "-k cannot stop this process; -s can");
    }

    private static void on(Signal signal, Runnable action, String consequence) {
        if (!Signals.on(signal, action)) {
            LOG.warn(
                    "{} is ignored, as in processes that a script starts with & or that nohup starts: {}",
                    signal.written(),
                    consequence);
        }
    }

    /** SIGINT has arrived. */
    private synchronized void interrupt() {
        if (first != null) {
            again(Signal.INT, "SIGINT");
            return;
        }
        begin(Signal.INT);
        log(() -> LOG.info("SIGINT received: stopping after the current batch"));
    }

    /** SIGTERM has arrived, or its equivalent, which the cause names. */
    synchronized void terminate(String cause) {
        if (first != null) {
            again(Signal.TERM, cause);
            return;
        }
        CompletableFuture.delayedExecutor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> {
                    log(() -> LOG.warn("Not stopped after {} s: ending now. {}", LIMIT.toSeconds(), ROLLED_BACK));
                    halt.accept(ExitCode.BY_TERM);
                });
        begin(Signal.TERM);
        log(() -> LOG.info("{} received: stopping within {} s", cause, LIMIT.toSeconds()));
    }

    /** Logs, but does not wait for long: standard error may be a pipe that nobody reads, or a file on a server that is away. */
    private static void log(Runnable line) {
        var logger = new Thread(line, "signal-log");
        logger.setDaemon(true);
        logger.start();
        try {
            logger.join(LOGGING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void begin(Signal signal) {
        first = signal;
        received = System.nanoTime();
        control.submit(Action.STOP);
    }

    private void again(Signal signal, String cause) {
        if (signal == first && System.nanoTime() - received < ECHO.toNanos()) {
            return;
        }
        log(() -> LOG.warn("{} received while stopping: ending at once. {}", cause, ROLLED_BACK));
        halt.accept(code(signal));
    }

    /** The exit code of a process whose work is not complete because of the first signal. */
    synchronized int code() {
        return code(first);
    }

    private static int code(Signal signal) {
        return signal == Signal.INT ? ExitCode.BY_INT : ExitCode.BY_TERM;
    }
}
