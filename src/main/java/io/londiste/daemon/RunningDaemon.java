package io.londiste.daemon;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.error.LondisteException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends signals to the running daemon of a job, found by its pid file. */
public final class RunningDaemon {
    private static final Logger LOG = LoggerFactory.getLogger(RunningDaemon.class);

    /** How long {@code -s} waits until it says what it waits for; {@code -k} waits twice as long. */
    private static final Duration SILENCE = DaemonSignals.LIMIT;

    /** How long they wait until they say so again. */
    private static final Duration REPEAT = Duration.ofMinutes(1);

    private final Settings settings;
    private final long pid;
    private final ProcessStatus status;

    private RunningDaemon(Settings settings, long pid) {
        this.settings = settings;
        this.pid = pid;
        this.status = new ProcessStatus(pid);
    }

    /**
     * Sends the signal of -r, -s or -k to the daemon of a job. Waits until the process has ended, for HUP until it has
     * reloaded, and says what it waits for if that takes long. Returns the exit code.
     *
     * @throws LondisteException if no such daemon is running, or it runs in another container, or it ignores the signal, or this
     *     user may not signal it, or the reload fails
     */
    public static int signal(Settings settings, Signal signal) {
        var file = pidFile(settings);
        long pid = PidFile.owner(file)
                .orElseThrow(() -> new LondisteException(
                        settings.jobName() + " is not running: no process holds pid file " + file));
        new RunningDaemon(settings, pid).signal(signal);
        return ExitCode.OK;
    }

    private void signal(Signal signal) {
        requireThatItIsReceived(signal);
        int reloads = ReloadOutcome.latest(settings.pidfile());
        if (!Signals.send(signal, pid)) {
            throw new LondisteException("no permission to signal " + process());
        }
        LOG.info("Sent {} to process {}", signal.written(), pid);
        if (status.isSuspended()) {
            LOG.warn(suspended());
        }
        ProcessHandle.of(pid).ifPresent(daemon -> {
            if (signal == Signal.HUP) {
                LOG.info(ReloadOutcome.await(settings.pidfile(), reloads, daemon));
            } else {
                awaitEnd(daemon, signal);
            }
        });
    }

    private void requireThatItIsReceived(Signal signal) {
        if (status.lacks(settings.pidfile())) {
            throw new LondisteException("the daemon of " + settings.jobName() + " is not process " + pid
                    + " here, which pid file " + settings.pidfile()
                    + " names: it runs in another container or on another machine; give the command there");
        }
        if (status.ignores(signal)) {
            throw new LondisteException(process() + " ignores " + signal.written()
                    + ", as processes do that a script starts with & or that nohup starts; "
                    + switch (signal) {
                        case INT -> "stop it with: " + kill();
                        case TERM -> "end it with: kill -KILL " + pid;
                        case HUP -> "stop it and start it again";
                    });
        }
    }

    private void awaitEnd(ProcessHandle daemon, Signal signal) {
        var wait = signal == Signal.INT ? SILENCE : SILENCE.multipliedBy(2);
        long waited = 0;
        while (!hasEnded(daemon, wait)) {
            waited += wait.toSeconds();
            LOG.warn(
                    status.isSuspended()
                            ? suspended()
                            : process() + " has not ended after " + waited + " s: "
                                    + (signal == Signal.INT
                                            ? "it completes " + work() + ". " + kill()
                                                    + " ends it at once; what is not complete is rolled back and done again"
                                            : "end it with: kill -KILL " + pid));
            wait = REPEAT;
        }
    }

    private static boolean hasEnded(ProcessHandle daemon, Duration wait) {
        try {
            daemon.onExit().get(wait.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LondisteException("interrupted", e);
        }
    }

    private String process() {
        return "process " + pid + " of " + settings.jobName();
    }

    private String work() {
        return settings.section() == Section.PGQADM
                ? "its tick and its round of maintenance"
                : "its batch and the copies of rows that are running";
    }

    private String suspended() {
        return process() + " is suspended (SIGSTOP or Ctrl-Z) and reacts when it continues: kill -CONT " + pid;
    }

    /** The command that ends the daemon at once. */
    private String kill() {
        return settings.section().written() + " -k " + settings.file();
    }

    /** The pid file; throws if the INI file does not set it. */
    static Path pidFile(Settings settings) {
        if (settings.pidfile() == null) {
            throw new LondisteException(settings.file() + ": ["
                    + settings.section().written() + "] pidfile: has to be set for -d, -r, -s and -k");
        }
        return settings.pidfile();
    }
}
