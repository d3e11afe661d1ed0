package io.londiste.demo;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;

/** The two servers of the demo, a provider and a subscriber of a newer version, and the settings of the jobs. */
final class DemoServers implements AutoCloseable {
    static final int PROVIDER_MAJOR = 15;
    static final int SUBSCRIBER_MAJOR = 18;

    private static final String QUEUE = "shop";

    /** No durability is needed: the data is removed when the demo ends. */
    private static final Map<String, String> QUICK =
            Map.of("fsync", "off", "full_page_writes", "off", "max_connections", "60");

    private final PgCluster provider;
    private final PgCluster subscriber;

    private DemoServers(PgCluster provider, PgCluster subscriber) {
        this.provider = provider;
        this.subscriber = subscriber;
    }

    static DemoServers open() throws IOException {
        var provider = CompletableFuture.supplyAsync(() -> start(PROVIDER_MAJOR));
        var subscriber = CompletableFuture.supplyAsync(() -> start(SUBSCRIBER_MAJOR));
        try {
            return new DemoServers(provider.join(), subscriber.join());
        } catch (CompletionException e) {
            for (var cluster : new PgCluster[] {started(provider), started(subscriber)}) {
                if (cluster != null) {
                    cluster.close();
                }
            }
            throw new IOException(e.getCause().getMessage(), e);
        }
    }

    /** The replication job. */
    Settings job() {
        return Settings.of(
                Section.LONDISTE,
                Map.of(
                        "job_name",
                        "demo",
                        "provider_db",
                        provider.libpq(PgCluster.USER),
                        "subscriber_db",
                        subscriber.libpq(PgCluster.USER),
                        "pgq_queue_name",
                        QUEUE));
    }

    /** The ticker's job. */
    Settings ticker() {
        return Settings.of(Section.PGQADM, Map.of("job_name", "demo_ticker", "db", provider.libpq(PgCluster.USER)));
    }

    DataSource provider() {
        return job().providerDb().dataSource("demo");
    }

    DataSource subscriber() {
        return job().subscriberDb().dataSource("demo");
    }

    @Override
    public void close() throws IOException {
        try {
            subscriber.close();
        } finally {
            provider.close();
        }
    }

    private static PgCluster start(int major) {
        try {
            return PgCluster.open(major, QUICK);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private static PgCluster started(CompletableFuture<PgCluster> start) {
        return start.exceptionally(failed -> null).join();
    }
}
