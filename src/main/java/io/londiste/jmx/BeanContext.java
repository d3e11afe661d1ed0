package io.londiste.jmx;

import io.londiste.app.Application;
import io.londiste.config.Settings;
import io.londiste.error.RecentErrors;
import io.londiste.watch.ControlledDaemon;
import io.londiste.watch.JobDatabases;
import io.londiste.watch.JobState;
import io.londiste.watch.StateWatch;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import javax.management.openmbean.CompositeData;

/** What all MBeans of a job share. */
record BeanContext(Settings settings, ControlledDaemon daemon, JobDatabases databases, StateWatch watch) {
    String job() {
        return settings.jobName();
    }

    /** The current state of the job in its databases. */
    JobState state() {
        return watch.now();
    }

    /** Runs a command and updates all MBeans afterwards. Returns the lines that the command logged. */
    <T> String[] run(T commands, Consumer<T> command) {
        try {
            return CapturedLog.of(() -> command.accept(commands));
        } finally {
            watch.renew();
        }
    }

    String daemonState() {
        return daemon.condition().state().name().toLowerCase(Locale.ROOT);
    }

    /** What the daemon waits for, or else the error of a database or of the replay; empty if there is none. */
    String error() {
        return error(state());
    }

    /** {@link #error()} as of a given state. */
    String error(JobState state) {
        var waiting = daemon.condition().error();
        return waiting.isEmpty() ? state.error() : waiting;
    }

    CompositeData[] recentErrors() {
        return Composites.of(daemon.application()
                .map(Application::errors)
                .map(RecentErrors::list)
                .orElse(List.of()));
    }
}
