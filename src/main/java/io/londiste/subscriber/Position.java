package io.londiste.subscriber;

import io.londiste.config.Databases;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.error.LondisteException;
import io.londiste.pgq.PgqClient;
import io.londiste.pgq.Tick;
import io.londiste.table.SubscribedTables.Applied;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reconciles the two records of a job's position after one of its databases was restored from a backup: the tick that the
 * subscriber has applied, and the position of the job's consumer on the queue.
 *
 * <p>To be used while no replay of the job runs.
 */
public final class Position {
    private static final Logger LOG = LoggerFactory.getLogger(Position.class);

    private final DatabasePair sides;
    private final Settings settings;
    private final Database provider;
    private final Database subscriber;

    public Position(Settings settings, DataSource provider, DataSource subscriber) {
        this.sides = DatabasePair.of(settings, provider, subscriber);
        this.settings = settings;
        this.provider = sides.provider();
        this.subscriber = sides.subscriber();
    }

    /** Runs {@code action} with its own connections to both databases, which are closed afterwards. */
    public static void connected(Settings settings, Consumer<Position> action) {
        Databases.connected(
                settings, (provider, subscriber) -> action.accept(new Position(settings, provider, subscriber)));
    }

    /**
     * Moves the consumer to the tick that the subscriber has applied, so that no change is skipped or applied twice. To be
     * used after the subscriber was restored to an earlier state. The replay continues tables that were not yet ok from
     * their current state.
     *
     * @throws LondisteException if the subscriber has no position, or the queue does not have that tick (any more);
     *     nothing is changed then
     */
    public void rewind() {
        sides.requireInstalled();
        var queue = settings.queueName();
        var consumer = settings.consumerId();
        var applied = applied()
                .orElseThrow(() -> new LondisteException(
                        subscriber + ": consumer " + consumer + " has no position there; nothing to rewind to"));
        long tick = applied.tick();
        provider.call(source -> {
            var pgq = new PgqClient(source);
            var there = pgq.tick(queue, tick);
            if (there.isPresent() && there.get().contradicts(applied.mark())) {
                throw new LondisteException(subscriber + ": has applied queue " + queue + " up to tick "
                        + applied.mark()
                        + ", but the provider's is tick " + there.get().mark()
                        + ": the provider was put back, or failed over to a standby that lacked the last ticks; run londiste "
                        + settings.file() + " replay --reset, start the replay, and compare or resync all tables");
            }
            if (there.isEmpty()) {
                throw new LondisteException(subscriber + ": has applied queue " + queue + " up to tick " + tick
                        + ", but the queue only has ticks " + id(pgq.firstTick(queue)) + " to "
                        + id(pgq.lastTick(queue)) + "; all tables have to be copied again: run londiste "
                        + settings.file() + " replay --reset, then subscriber resync --all");
            }
            return pgq.registerConsumerAt(queue, consumer, tick);
        });
        LOG.info("Moved consumer {} of queue {} to tick {}, the position of the subscriber", consumer, queue, tick);
    }

    /**
     * Removes the subscriber's position, so that the next batch is applied wherever it begins. This may skip changes or
     * apply them twice.
     */
    public void reset() {
        sides.requireInstalled();
        var consumer = settings.consumerId();
        var before = applied();
        subscriber.transaction(settings.lockTimeout(), connection -> {
            sides.subscribed().clearPosition(connection, consumer);
            return null;
        });
        if (before.isEmpty()) {
            LOG.info("{}: consumer {} has no position there", subscriber, consumer);
        } else {
            LOG.warn(
                    "Removed the position of the subscriber, tick {}: the next batch is applied wherever it begins."
                            + " Copy the tables again if you are not sure that this is right (subscriber resync --all)",
                    before.get().tick());
        }
    }

    private Optional<Applied> applied() {
        return subscriber.transaction(
                settings.lockTimeout(), connection -> sides.subscribed().applied(connection, settings.consumerId()));
    }

    private static String id(Optional<Tick> tick) {
        return tick.map(found -> String.valueOf(found.id())).orElse("none");
    }
}
