package io.londiste.daemon;

import io.londiste.config.Settings;
import io.londiste.error.LondisteException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends signals to the running daemon of a job, found by its pid file. */
public final class RunningDaemon {
    private static final Logger LOG = LoggerFactory.getLogger(RunningDaemon.class);

    private RunningDaemon() {}

    /**
     * Sends the signal of -r, -s or -k to the daemon of a job. Waits until the process has ended, for HUP until it has
     * reloaded. Returns the exit code.
     *
     * @param name INT, TERM or HUP
     * @throws LondisteException if no such daemon is running, or this user may not signal it, or the reload
     *     fails
     */
    public static int signal(Settings settings, String name) {
        var file = pidFile(settings);
        var pid = PidFile.owner(file)
                .orElseThrow(() -> new LondisteException(
                        settings.jobName() + " is not running: no process holds pid file " + file));
        var reloads = ReloadOutcome.latest(file);
        if (!Signals.send(name, pid)) {
            throw new LondisteException("no permission to signal process " + pid + " of " + settings.jobName());
        }
        LOG.info("Sent SIG{} to process {}", name, pid);
        var process = ProcessHandle.of(pid);
        if (name.equals("HUP")) {
            process.ifPresent(daemon -> LOG.info(ReloadOutcome.await(file, reloads, daemon)));
        } else {
            process.ifPresent(daemon -> daemon.onExit().join());
        }
        return ExitCode.OK;
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
