package io.londiste.subscriber;

import io.londiste.config.Databases;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.db.Pools;
import io.londiste.error.LondisteException;
import io.londiste.pgq.PgqClient;
import io.londiste.pgq.Tick;
import io.londiste.schema.Installed;
import io.londiste.table.SubscribedTables;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the two records of how far a job has come together again, after one of its databases was put back: the tick
 * that the subscriber has applied, and the place of the job's consumer in the queue.
 *
 * <p>To be used while no replay of the job runs.
 */
public final class Position {
    private static final Logger LOG = LoggerFactory.getLogger(Position.class);

    private final Settings settings;
    private final Database provider;
    private final Database subscriber;
    private final SubscribedTables subscribed;

    public Position(Settings settings, DataSource provider, DataSource subscriber) {
        this.settings = settings;
        this.provider = Databases.provider(settings, provider);
        this.subscriber = Databases.subscriber(settings, subscriber);
        this.subscribed = new SubscribedTables(settings.queueName());
    }

    /** Lets {@code action} work on connections of its own to both databases, which are closed after it. */
    public static void connected(Settings settings, Consumer<Position> action) {
        var lifetime = settings.connectionLifetime();
        try (var provider = Pools.open(settings.providerDb(), settings.jobName(), lifetime);
                var subscriber = Pools.open(settings.subscriberDb(), settings.jobName(), lifetime)) {
            action.accept(new Position(settings, provider, subscriber));
        } catch (SQLException e) {
            throw new IllegalStateException("closing connections", e);
        }
    }

    /**
     * Puts the consumer to the tick that the subscriber has applied, so that nothing is left out or applied twice: what a
     * subscriber needs that was put back to an earlier state. Tables that were on their way are taken up again from
     * where they are, by the replay.
     *
     * @throws LondisteException if the subscriber has no position, or the queue does not have that tick (any more);
     *     nothing is changed then
     */
    public void rewind() {
        requireInstalled();
        var queue = settings.queueName();
        var consumer = settings.consumerId();
        long tick = applied()
                .orElseThrow(() -> new LondisteException(
                        subscriber + ": consumer " + consumer + " has no position there; nothing to rewind to"));
        provider.call(source -> {
            var pgq = new PgqClient(source);
            if (pgq.tick(queue, tick).isEmpty()) {
                throw new LondisteException(subscriber + ": has applied queue " + queue + " up to tick " + tick
                        + ", but the queue only has ticks " + id(pgq.firstTick(queue)) + " to "
                        + id(pgq.lastTick(queue)) + "; all tables have to be copied anew: run londiste "
                        + settings.file() + " replay --reset, then subscriber resync --all");
            }
            return pgq.registerConsumerAt(queue, consumer, tick);
        });
        LOG.info("Consumer {} of queue {} is at tick {} now, as the subscriber is", consumer, queue, tick);
    }

    /**
     * Forgets the tick that the subscriber has applied, so that the next batch is applied wherever it begins. Changes may
     * be left out or applied twice by that.
     */
    public void reset() {
        requireInstalled();
        var consumer = settings.consumerId();
        var before = applied();
        subscriber.transaction(settings.lockTimeout(), connection -> {
            subscribed.clearPosition(connection, consumer);
            return null;
        });
        if (before.isEmpty()) {
            LOG.info("{}: consumer {} has no position there", subscriber, consumer);
        } else {
            LOG.warn(
                    "Forgot tick {}, up to which the subscriber is applied: the next batch is applied wherever it begins."
                            + " Copy the tables anew if you are not sure that this is right (subscriber resync --all)",
                    before.get());
        }
    }

    private void requireInstalled() {
        Installed.requireLondiste(provider);
        Installed.requireQueue(provider, settings.queueName());
        Installed.requireLondiste(subscriber);
    }

    private Optional<Long> applied() {
        return subscriber.transaction(
                settings.lockTimeout(), connection -> subscribed.position(connection, settings.consumerId()));
    }

    private static String id(Optional<Tick> tick) {
        return tick.map(found -> String.valueOf(found.id())).orElse("none");
    }
}
