package io.londiste.watch;

import io.londiste.app.Application;
import java.time.Instant;
import java.util.Optional;

/** A daemon as MBeans, metrics and health use it. Safe for use by several threads. */
public interface ControlledDaemon {
    /** The state of a daemon. */
    enum State {
        /** It cannot start yet, since something is not installed or not reachable. */
        WAITING,
        /** Another process is doing the job. */
        STANDBY,
        RUNNING,
        PAUSED,
        STOPPING
    }

    /**
     * The state with its reason.
     *
     * @param error what prevents the daemon from working; empty if nothing does
     * @param since when it entered the state
     */
    record Condition(State state, String error, Instant since) {}

    Condition condition();

    /** The running routes; empty if none run. */
    Optional<Application> application();

    /**
     * Pauses the replay after the current batch. Like the other requests, waits until it is done unless stated otherwise.
     *
     * @throws io.londiste.error.LondisteException if this cannot be done now; so do the other requests
     */
    void pause();

    /** Resumes after {@link #pause}. */
    void resume();

    /** Stops the routes, moves the consumer back to the tick that the subscriber has applied, and starts the routes again. */
    void rewind();

    /** Stops the routes, forgets the tick that the subscriber has applied, and starts the routes again. */
    void reset();

    /** Reads the INI file and the routes again and switches to them. */
    void reload();

    /** Makes the daemon end after its current batch; does not wait for that. */
    void stop();

    /** Ends the process as SIGTERM does, after a short delay in which the reply reaches the caller. */
    void kill();
}
