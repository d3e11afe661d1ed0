package io.londiste.jmx;

import io.londiste.LondisteException;
import io.londiste.config.Database;
import io.londiste.config.Dsn;
import io.londiste.config.Pools;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.provider.Provider;
import io.londiste.queue.Queues;
import io.londiste.subscriber.Subscriber;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.commons.dbcp2.BasicDataSource;

/** The databases of a job with the commands on them, over a few connections of the MBeans' own. */
final class Databases implements AutoCloseable {
    private static final int CONNECTIONS = 4;
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final Settings settings;
    private final BasicDataSource first;
    private final BasicDataSource subscriber;

    /** Opens nothing yet. */
    Databases(Settings settings) {
        this.settings = settings;
        boolean ticker = settings.section() == Section.PGQADM;
        subscriber = ticker ? null : pool(settings.subscriberDb());
        first = pool(ticker ? settings.db() : settings.providerDb());
    }

    private BasicDataSource pool(Dsn dsn) {
        var pool = Pools.open(dsn, settings.jobName(), settings.connectionLifetime());
        pool.setMaxTotal(CONNECTIONS);
        pool.setMinEvictableIdle(IDLE);
        pool.setDurationBetweenEvictionRuns(IDLE);
        return pool;
    }

    /** The database with the queues: a job's provider, or a ticker's. */
    Database first() {
        return subscriber == null ? Database.queues(settings, first) : Database.provider(settings, first);
    }

    /** A job's subscriber. */
    Database second() {
        return Database.subscriber(settings, subscriber);
    }

    Queues queues() {
        return new Queues(settings, first);
    }

    Provider provider() {
        return new Provider(settings, first);
    }

    Subscriber subscriber() {
        return new Subscriber(settings, first, subscriber);
    }

    boolean hasSubscriber() {
        return subscriber != null;
    }

    @Override
    public void close() {
        try (first;
                subscriber) {
            // both
        } catch (SQLException e) {
            throw new LondisteException("cannot close connections: " + e.getMessage(), e);
        }
    }
}
