package io.londiste.daemon;

import io.londiste.app.JobLock;
import io.londiste.config.Settings;
import io.londiste.db.SqlState;
import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import io.londiste.watch.ControlledDaemon.State;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides which process does a job: of all daemons of the job, one holds its lock and works, the others are standbys. */
final class JobOwnership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobOwnership.class);

    private final Daemon.Kind kind;
    private final DaemonControl control;
    private JobLock lock;
    private String lastWarning = "";

    /** @param control receives the state and what the daemon waits for */
    JobOwnership(Daemon.Kind kind, DaemonControl control) {
        this.kind = kind;
        this.control = control;
    }

    /** Competes for the job of these settings, and no longer for the one before. */
    void join(Settings settings) {
        close();
        lock = kind.lock().apply(settings);
    }

    /**
     * Whether this process can start the work. Throws errors that need an operator, since the operator who has just
     * started the daemon sees them. Errors that may pass by themselves make the daemon wait: after a power cut, daemons
     * start before their servers. With a console or JMX the daemon waits in all cases, since the cause can be fixed there.
     */
    boolean canStart(Settings settings) {
        try {
            if (lock == null || lock.isOurs()) {
                kind.check().accept(settings);
                lastWarning = "";
                return true;
            }
            var other = " replay of " + settings.jobName() + " is running: " + lock.holder();
            if (kind.once()) {
                throw new LondisteException("another" + other);
            }
            control.setState(State.STANDBY, "another" + other);
            warnOnce("Another" + other + ". Waiting as a standby");
        } catch (LondisteException e) {
            if (kind.once() || !settings.isRemotelyOperable() && needsOperator(e)) {
                throw e;
            }
            control.setState(State.WAITING, Causes.message(e));
            warnOnce(e.getMessage() + ". Retrying until it works");
        }
        return false;
    }

    private void warnOnce(String message) {
        if (!message.equals(lastWarning)) {
            LOG.warn(message);
            lastWarning = message;
        }
    }

    private static boolean needsOperator(LondisteException failure) {
        return !SqlState.isPassing(failure) || SqlState.isRejected(failure) || isUnknownHost(failure);
    }

    private static boolean isUnknownHost(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(UnknownHostException.class::isInstance);
    }

    /** Whether this process still holds the job's lock. */
    boolean isStillOurs() {
        try {
            return lock == null || lock.isOurs();
        } catch (LondisteException e) {
            // While the server cannot be reached, the routes wait for it, too; afterwards the lock decides again.
            // An error without a state is ours: the schema was upgraded meanwhile.
            LOG.debug("The job's lock cannot be checked", e);
            return !SqlState.of(e).isEmpty();
        }
    }

    /** Releases the job's lock. May be called more than once. */
    @Override
    public void close() {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (SQLException e) {
            LOG.debug("The job's lock ends with its connection", e);
        }
    }
}
