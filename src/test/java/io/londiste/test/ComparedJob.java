package io.londiste.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A job that replicates the tables of a test, with the routes that compare and repair them. */
public final class ComparedJob implements AutoCloseable {
    private final Db provider;
    private final Db subscriber;
    private final Job job;
    private final Connection lock;
    private final ComparisonRoutes routes;

    /**
     * Returns when the tables are copied.
     *
     * @param ddl makes the tables, on both sides
     * @param rows inserts rows, on the provider
     * @param tables those that are replicated
     */
    public ComparedJob(Db provider, Db subscriber, String ddl, String rows, String... tables) throws SQLException {
        this.provider = provider;
        this.subscriber = subscriber;
        job = new Job(provider, subscriber).with("lock_timeout", "5");
        prepare(ddl, rows);
        job.add(tables).start().awaitOk();
        lock = ComparisonRoutes.lockReplay(subscriber);
        routes = new ComparisonRoutes(job.settings());
    }

    private void prepare(String ddl, String rows) {
        provider.sql(ddl);
        subscriber.sql(ddl);
        provider.sql(rows);
    }

    /** Replicates more tables, and returns when they are copied. */
    public void replicate(List<String> tables, String ddl, String rows) {
        prepare(ddl, rows);
        job.add(tables.toArray(String[]::new)).awaitOk();
    }

    public Job job() {
        return job;
    }

    public ComparisonRoutes routes() {
        return routes;
    }

    /** Makes it look as if no process ran the replay. */
    public void unlockReplay() throws SQLException {
        lock.close();
    }

    @Override
    public void close() throws SQLException {
        try (job;
                lock;
                routes) {
            // all
        }
    }
}
