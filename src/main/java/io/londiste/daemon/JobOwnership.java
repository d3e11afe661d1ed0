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

/** Whether it is this process that does the job: one of those that would does it, the others stand by. */
final class JobOwnership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobOwnership.class);

    private final Daemon.Kind kind;
    private final DaemonControl control;
    private JobLock lock;
    private String told = "";

    /** @param control is told what the daemon waits for */
    JobOwnership(Daemon.Kind kind, DaemonControl control) {
        this.kind = kind;
        this.control = control;
    }

    /** Is one of those that would do the job of these settings, and no other's. */
    void join(Settings settings) {
        close();
        lock = kind.lock().apply(settings);
    }

    /**
     * Whether nothing keeps this process from the job. What somebody has to put right is thrown now, while he looks. What
     * may pass by itself is waited for: after a power cut, daemons come up before their servers. Where there is a console or JMX, all
     * is waited for: from there it can be put right.
     */
    boolean mayStart(Settings settings) {
        try {
            if (lock == null || lock.isOurs()) {
                kind.check().accept(settings);
                told = "";
                return true;
            }
            var other = " replay of " + settings.jobName() + " runs: " + lock.holder();
            if (kind.once()) {
                throw new LondisteException("another" + other);
            }
            control.is(State.STANDBY, "another" + other);
            tell("Another" + other + ". Waits as a standby");
        } catch (LondisteException e) {
            if (kind.once() || !settings.isRemotelyOperable() && (!SqlState.isPassing(e) || isUnknownHost(e))) {
                throw e;
            }
            control.is(State.WAITING, Causes.message(e));
            tell(e.getMessage() + ". Tries again until it works");
        }
        return false;
    }

    private void tell(String message) {
        if (!message.equals(told)) {
            LOG.warn(message);
            told = message;
        }
    }

    private static boolean isUnknownHost(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(UnknownHostException.class::isInstance);
    }

    /** Whether no other process has got the job since. */
    boolean isStillOurs() {
        try {
            return lock == null || lock.isOurs();
        } catch (LondisteException e) {
            // Nobody can be asked. The routes wait for the server too, and it gives the job to one of us.
            LOG.debug("The job's lock cannot be looked at", e);
            return true;
        }
    }

    /** Lets others have the job. May be called more than once. */
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
