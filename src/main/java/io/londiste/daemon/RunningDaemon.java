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
     * Sends the signal of -r, -s or -k to the daemon of a job. Waits until the process has ended, except for HUP. Returns
     * the exit code.
     *
     * @param name INT, TERM or HUP
     * @throws LondisteException if no such daemon is running, or this user may not signal it
     */
    public static int signal(Settings settings, String name) {
        var file = pidFile(settings);
        var pid = PidFile.owner(file)
                .orElseThrow(() -> new LondisteException(
                        settings.jobName() + " is not running: no process holds pid file " + file));
        if (!Signals.send(name, pid)) {
            throw new LondisteException("no permission to signal process " + pid + " of " + settings.jobName());
        }
        LOG.info("Sent SIG{} to process {}", name, pid);
        if (!name.equals("HUP")) {
            ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
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
