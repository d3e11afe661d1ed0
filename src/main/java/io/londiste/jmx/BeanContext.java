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

/** What the MBeans of a job have in common. */
record BeanContext(Settings settings, ControlledDaemon daemon, JobDatabases databases, StateWatch watch) {
    String job() {
        return settings.jobName();
    }

    /** What is known of the databases now. */
    JobState picture() {
        return watch.now();
    }

    /** Runs a command; what it did is seen by all MBeans afterwards. Returns what it has told. */
    <T> String[] run(T commands, Consumer<T> command) {
        try {
            return CapturedLog.by(() -> command.accept(commands));
        } finally {
            watch.renew();
        }
    }

    String state() {
        return daemon.condition().state().name().toLowerCase(Locale.ROOT);
    }

    /** What the daemon waits for, or else what is wrong with a database, or with the replay. */
    String error() {
        return error(picture());
    }

    /** The same, as of a picture. */
    String error(JobState picture) {
        var waiting = daemon.condition().error();
        return waiting.isEmpty() ? picture.error() : waiting;
    }

    CompositeData[] recentErrors() {
        return Composites.of(daemon.application()
                .map(Application::errors)
                .map(RecentErrors::list)
                .orElse(List.of()));
    }
}
