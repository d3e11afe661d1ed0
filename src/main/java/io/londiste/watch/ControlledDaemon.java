package io.londiste.watch;

import io.londiste.app.Application;
import java.time.Instant;
import java.util.Optional;

/** A daemon as its MBeans see it. Safe for use by several threads. */
public interface ControlledDaemon {
    /** What a daemon does. */
    enum State {
        /** It cannot begin, as something is missing. */
        WAITING,
        /** Another process does the job. */
        STANDBY,
        RUNNING,
        PAUSED,
        STOPPING
    }

    /**
     * How it is.
     *
     * @param error what stands in the way; empty if nothing does
     * @param since when it got into its state
     */
    record Condition(State state, String error, Instant since) {}

    Condition condition();

    /** The routes that run; empty if none do. */
    Optional<Application> application();

    /**
     * Has nothing applied any more, once the batch is done.
     *
     * @throws io.londiste.error.LondisteException as the others, if that cannot be done now
     */
    void pause();

    /** Goes on after {@link #pause}. */
    void resume();

    /** Stops the routes, puts the consumer to the tick that the subscriber has applied, and starts them anew. */
    void rewind();

    /** Stops the routes, forgets the tick that the subscriber has applied, and starts them anew. */
    void reset();

    /** Goes on with INI file and routes as they are now. */
    void reload();

    /** Has the daemon end after its batch; does not wait for that. */
    void stop();

    /** Has the process end at once, but not before the caller can be told. */
    void kill();
}
