package io.londiste.watch;

import io.londiste.config.Databases;
import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.db.Database;
import io.londiste.db.Dsn;
import io.londiste.db.Pools;
import io.londiste.provider.Provider;
import io.londiste.queue.Queues;
import io.londiste.subscriber.Subscriber;
import java.time.Duration;
import org.apache.commons.dbcp2.BasicDataSource;

/** The databases of a job and the commands on them, with a small connection pool of its own for each database. */
public final class JobDatabases implements AutoCloseable {
    private static final int CONNECTIONS = 4;
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final Settings settings;
    private final BasicDataSource first;
    private final BasicDataSource subscriber;

    /** Opens no connection yet. */
    public JobDatabases(Settings settings) {
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
    public Database first() {
        return subscriber == null ? Databases.queues(settings, first) : Databases.provider(settings, first);
    }

    /** A job's subscriber. */
    public Database second() {
        return Databases.subscriber(settings, subscriber);
    }

    public Queues queues() {
        return new Queues(settings, first);
    }

    public Provider provider() {
        return new Provider(settings, first);
    }

    public Subscriber subscriber() {
        return new Subscriber(settings, first, subscriber);
    }

    public boolean hasSubscriber() {
        return subscriber != null;
    }

    @Override
    public void close() {
        if (subscriber == null) {
            Pools.close(first);
        } else {
            Pools.close(first, subscriber);
        }
    }
}
