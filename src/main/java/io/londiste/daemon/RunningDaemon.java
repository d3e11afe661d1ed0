package io.londiste.daemon;

import io.londiste.config.Settings;
import io.londiste.error.LondisteException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running daemon of a job, which other processes reach by its pid file and signals. */
public final class RunningDaemon {
    private static final Logger LOG = LoggerFactory.getLogger(RunningDaemon.class);

    private RunningDaemon() {}

    /**
     * Sends the signal of -r, -s or -k to the daemon of a job, and waits for its end unless it is to reload. Returns the
     * exit code.
     *
     * @param name INT, TERM or HUP
     * @throws LondisteException if no such daemon runs, or it may not be signaled
     */
    public static int signal(Settings settings, String name) {
        var file = pidFile(settings);
        var pid = PidFile.owner(file)
                .orElseThrow(() ->
                        new LondisteException(settings.jobName() + " does not run: no process has pid file " + file));
        if (!Signals.send(name, pid)) {
            throw new LondisteException("process " + pid + " of " + settings.jobName() + " may not be signaled");
        }
        LOG.info("Sent SIG{} to process {}", name, pid);
        if (!name.equals("HUP")) {
            ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
        }
        return ExitCode.OK;
    }

    /** The pid file, which has to be set for this. */
    static Path pidFile(Settings settings) {
        if (settings.pidfile() == null) {
            throw new LondisteException(settings.file() + ": ["
                    + settings.section().written() + "] pidfile: has to be set for -d, -r, -s and -k");
        }
        return settings.pidfile();
    }
}
