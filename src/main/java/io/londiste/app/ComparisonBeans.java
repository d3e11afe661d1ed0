package io.londiste.app;

import io.londiste.compare.Compare;
import io.londiste.compare.Progress;
import io.londiste.compare.Repair;
import io.londiste.compare.ResultListener;
import io.londiste.config.Settings;
import io.londiste.db.Pools;
import io.londiste.error.LondisteException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.apache.camel.main.Main;
import org.apache.commons.dbcp2.BasicDataSource;

/** The beans of the routes that compare and repair, with connections of their own: others must not wait for them. */
final class ComparisonBeans implements AutoCloseable {
    static final List<String> ROUTES = List.of("errors", "compare", "repair");

    /** Beside two a table: the snapshots' holders, the tick, and what is read first. */
    private static final int MORE_CONNECTIONS = 4;

    private static final Duration IDLE = Duration.ofMinutes(1);

    private final BasicDataSource provider;
    private final BasicDataSource subscriber;
    private final Compare compare;
    private final Repair repair;
    private final ResultListener results;

    ComparisonBeans(Settings settings, int jobs, ResultListener results, Progress progress) {
        var lifetime = settings.connectionLifetime();
        provider = limited(Pools.open(settings.providerDb(), settings.jobName(), lifetime), jobs);
        subscriber = limited(Pools.openReplay(settings.subscriberDb(), settings.jobName(), lifetime), jobs);
        compare = new Compare(settings, provider, subscriber, progress);
        repair = new Repair(settings, provider, subscriber, Path.of(""), progress);
        this.results = results;
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
        main.bind("results", results);
        main.bind("json", new Json());
    }

    /** Ends what runs. A comparison may take hours, and nothing is lost with it. */
    void end() {
        compare.end();
        repair.end();
    }

    @Override
    public void close() {
        end();
        try (provider;
                subscriber) {
            // both
        } catch (SQLException e) {
            throw new LondisteException("cannot close connections: " + e.getMessage(), e);
        }
    }
}
