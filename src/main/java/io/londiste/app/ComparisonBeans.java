package io.londiste.app;

import io.londiste.config.Databases;
import io.londiste.config.Settings;
import io.londiste.db.Pools;
import io.londiste.digest.Compare;
import io.londiste.digest.RecordedComparisons;
import io.londiste.repair.Repair;
import io.londiste.sync.ResultListener;
import io.londiste.sync.SyncOptions;
import io.londiste.sync.SyncRuns;
import io.londiste.sync.WorkListener;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.camel.builder.ThreadPoolProfileBuilder;
import org.apache.camel.main.Main;
import org.apache.commons.dbcp2.BasicDataSource;

/** The beans and threads of the routes that compare and repair, with their own connections: others must not wait for them. */
final class ComparisonBeans implements AutoCloseable {
    static final List<String> ROUTES = List.of("errors", "compare", "compare-table", "repair", "repair-table");

    /** The thread pool profile by which the routes limit how many tables they read at the same time. */
    private static final String TABLE_THREADS = "table-threads";

    /** In addition to two a table: the snapshots' holders, the tick, what is read before the tables, and the record of the results. */
    private static final int MORE_CONNECTIONS = 5;

    private static final Duration IDLE = Duration.ofMinutes(1);

    private final int jobs;
    private final BasicDataSource provider;
    private final BasicDataSource subscriber;
    private final SyncRuns runs;
    private final Compare compare;
    private final Repair repair;

    /**
     * @param routes the route files in use
     * @param jobs how many tables are read at the same time, and how many connections scan their parts on either side
     */
    ComparisonBeans(Settings settings, RouteFiles routes, int jobs, ResultListener results, WorkListener work) {
        var lifetime = settings.connectionLifetime();
        this.jobs = jobs;
        provider = limited(Pools.open(settings.providerDb(), settings.jobName(), lifetime), jobs);
        subscriber = limited(Pools.openReplay(settings.subscriberDb(), settings.jobName(), lifetime), jobs);
        var recorded = new RecordedComparisons(Databases.subscriber(settings, subscriber), settings.queueName());
        runs = new SyncRuns(settings, provider, subscriber, options -> recording(recorded, results, options), work);
        compare = new Compare(settings, runs, jobs, routes::changingRows);
        repair = new Repair(compare, runs.points(), routes::changingRows);
    }

    /** A comparison of some of the rows of a table says nothing about the others, and is not recorded. */
    private static ResultListener recording(RecordedComparisons recorded, ResultListener results, SyncOptions options) {
        return options.where() == null ? new RecordingListener(recorded, Instant.now(), results) : results;
    }

    private static BasicDataSource limited(BasicDataSource pool, int jobs) {
        pool.setMaxTotal(2 * jobs + MORE_CONNECTIONS);
        pool.setMinEvictableIdle(IDLE);
        pool.setDurationBetweenEvictionRuns(IDLE);
        return pool;
    }

    void bind(Main main) {
        main.bind("compare", compare);
        main.bind("repair", repair);
        main.bind("json", new Json());
        main.bind(
                TABLE_THREADS,
                new ThreadPoolProfileBuilder(TABLE_THREADS)
                        .poolSize(jobs)
                        .maxPoolSize(jobs)
                        .maxQueueSize(-1) // no limit; but a split only queues a table when it has begun the one before
                        .allowCoreThreadTimeOut(true)
                        .build());
    }

    /** Ends the runs. A comparison may take hours, and nothing is lost with it. */
    void end() {
        runs.end();
    }

    @Override
    public void close() {
        end();
        Pools.close(provider, subscriber);
    }
}
