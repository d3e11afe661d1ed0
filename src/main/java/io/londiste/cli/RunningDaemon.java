package io.londiste.cli;

import io.londiste.config.Settings;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon of a job as other processes reach it: by its pid file, with signals. */
final class RunningDaemon {
    private static final Logger LOG = LoggerFactory.getLogger(RunningDaemon.class);

    private RunningDaemon() {}

    /** Sends what -r, -s or -k stand for; after a stop, waits for the end. Returns the exit code. */
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

    /** The pid file, which has to be set for this. */
    static Path pidFile(Settings settings) {
        if (settings.pidfile() == null) {
            throw Root.failure(settings.file() + ": [" + settings.section().written()
                    + "] pidfile: has to be set for -d, -r, -s and -k");
        }
        return settings.pidfile();
    }
}
