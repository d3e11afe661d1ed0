package io.londiste.watch;

import io.londiste.config.Settings;
import io.londiste.error.LondisteException;
import io.londiste.schema.Installed;
import io.londiste.watch.JobState.Reader;

/**
 * Who does a job, and what may keep it from being done. What is unknown is null.
 *
 * @param replay the session on the subscriber that holds the job's lock: its name, host and process; null if no replay runs
 * @param queueBytes size of the event tables of the job's queue
 * @param obstacle what keeps a replay from starting although both databases respond; null if nothing does
 */
public record Standing(String replay, Long queueBytes, String obstacle) {
    static final Standing UNKNOWN = new Standing(null, null, null);

    /**
     * Reads it.
     *
     * @param state what has just been read, with the standing before, which stays if a database does not respond any more
     */
    static Standing read(Settings settings, JobDatabases databases, JobState state) {
        if (!databases.hasSubscriber()) {
            return UNKNOWN;
        }
        boolean first = state.first().error().isEmpty() && !state.first().isStale();
        boolean second = state.second().error().isEmpty() && !state.second().isStale();
        boolean queue = state.queues().containsKey(settings.queueName());
        try {
            return new Standing(
                    second ? databases.subscriber().replayHolder().orElse(null) : null,
                    first && queue ? databases.queues().bytes(settings.queueName()) : null,
                    first ? obstacle(settings, databases, state, queue && second) : null);
        } catch (LondisteException e) {
            return state.standing();
        }
    }

    private static String obstacle(Settings settings, JobDatabases databases, JobState state, boolean complete) {
        try {
            Installed.requireLondiste(databases.first());
        } catch (LondisteException e) {
            return e.getMessage();
        }
        boolean registered = state.consumers().containsKey(new Reader(settings.queueName(), settings.consumerId()));
        return !complete || registered
                ? null
                : databases
                        .subscriber()
                        .registrationLoss()
                        .orElseGet(() -> "consumer " + settings.consumerId() + " is not registered on queue "
                                + settings.queueName() + "; start the replay, which registers it (londiste -d "
                                + settings.file() + " replay)");
    }
}
