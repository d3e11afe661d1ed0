package io.londiste.jmx;

import io.londiste.app.Application;
import io.londiste.config.Settings;
import io.londiste.error.RecentErrors;
import io.londiste.replay.ReplayStatus;
import io.londiste.watch.ControlledDaemon;
import io.londiste.watch.ControlledDaemon.State;
import io.londiste.watch.JobDatabases;
import io.londiste.watch.JobState;
import io.londiste.watch.StateWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import javax.management.openmbean.CompositeData;

/** What all MBeans of a job share. */
record BeanContext(Settings settings, ControlledDaemon daemon, JobDatabases databases, StateWatch watch) {
    /** A batch that has failed this often is not expected to succeed by itself. */
    private static final int REPEATED = 3;

    String job() {
        return settings.jobName();
    }

    /** The current state of the job in its databases. */
    JobState state() {
        return watch.now();
    }

    /**
     * Runs a command and updates all MBeans afterwards. Returns the lines that the command logged; an error includes them,
     * since they show what was done before.
     */
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

    /** Which process a standby waits for, or else the first of the {@link #errors}; empty if there is none. */
    String error() {
        var waiting = daemon.condition().error();
        return waiting.isEmpty() ? errors(state()).stream().findFirst().orElse("") : waiting;
    }

    /**
     * What a daemon that cannot start waits for, or else the errors of databases, tickers, the replay and its routes, as of
     * a given state.
     */
    List<String> errors(JobState state) {
        var condition = daemon.condition();
        if (condition.state() == State.WAITING && !condition.error().isEmpty()) {
            return List.of(condition.error());
        }
        var errors = new ArrayList<>(state.errors());
        errors.addAll(routeProblems());
        if (condition.state() == State.RUNNING) {
            daemon.application()
                    .map(Application::status)
                    .map(ReplayStatus::failure)
                    .filter(failure -> failure.times() >= REPEATED && !errors.contains(failure.reason()))
                    .ifPresent(failure -> errors.add(
                            "the current batch has failed " + failure.times() + " times: " + failure.reason()));
        }
        return errors;
    }

    /** See {@link Application#routeProblems}. */
    List<String> routeProblems() {
        return daemon.application().map(Application::routeProblems).orElse(List.of());
    }

    CompositeData[] recentErrors() {
        return Composites.of(daemon.application()
                .map(Application::errors)
                .map(RecentErrors::list)
                .orElse(List.of()));
    }
}
