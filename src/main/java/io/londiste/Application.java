package io.londiste;

import io.londiste.config.Dsn;
import io.londiste.config.Pools;
import io.londiste.config.Settings;
import io.londiste.copy.CatchUp;
import io.londiste.copy.Copies;
import io.londiste.copy.Failures;
import io.londiste.copy.ForeignKeys;
import io.londiste.copy.Handover;
import io.londiste.copy.SnapshotCopy;
import io.londiste.pgq.PgqClient;
import io.londiste.replay.ChangeDecoder;
import io.londiste.replay.Replay;
import io.londiste.replay.ReplayStatus;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableShapes;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.apache.camel.main.Main;
import org.apache.commons.dbcp2.BasicDataSource;

/**
 * A daemon: the routes of a replay or of a ticker, with the beans and connections that they use.
 *
 * <p>Safe to be stopped by any thread.
 */
public final class Application implements AutoCloseable {
    /** How often an embedded ticker looks at the queues. */
    private static final Duration EMBEDDED_TICKER_DELAY = Duration.ofMillis(50);

    /** How often events are looked for whose retry is due; together with the other maintenance if that comes oftener. */
    private static final Duration RETRY_DELAY = Duration.ofSeconds(30);

    private static final long BATCH_EVENTS = 10_000;
    private static final int FETCH_SIZE = 1_000;
    /** A stop waits for the batch, and a batch may be one enormous transaction. */
    private static final Duration LONGEST_BATCH = Duration.ofDays(1);

    private final Main main = new Main();
    private final List<BasicDataSource> pools = new ArrayList<>();
    private ReplayStatus status;
    private Copies copies;

    private Application(Settings settings, String kind) {
        main.configure().withName(settings.jobName() + "-" + kind);
        main.configure().withDumpRoutes("false");
        main.configure().withShutdownTimeout((int) LONGEST_BATCH.toSeconds());
        main.configure().withAutoConfigurationEnabled(false);
        main.addInitialProperty("camel.main.banner-enabled", "false");
        main.bind("consumerErrors", new ConsumerErrors());
    }

    /** The replay of a job, with a ticker if its settings want one inside. */
    public static Application replay(Settings settings) {
        Application application = new Application(settings, "replay");
        application.bindReplay(settings);
        List<String> routes = new ArrayList<>(List.of("errors", "replay", "copy", "catch-up"));
        if (settings.embeddedTicker()) {
            application.bindTicker(settings, EMBEDDED_TICKER_DELAY);
            routes.addAll(List.of("ticker", "maintenance"));
        }
        application.main.configure().withRoutesIncludePattern(new RouteFiles(settings.routesDir()).pattern(routes));
        return application;
    }

    /** The ticker of a database, with the maintenance of its queues. */
    public static Application ticker(Settings settings) {
        Application application = new Application(settings, "ticker");
        application.bindPool("provider", settings.db(), settings, 4);
        application.bindTicker(settings, settings.loopDelay());
        application
                .main
                .configure()
                .withRoutesIncludePattern(
                        new RouteFiles(settings.routesDir()).pattern(List.of("errors", "ticker", "maintenance")));
        return application;
    }

    private void bindReplay(Settings settings) {
        int copying = settings.parallelCopies();
        DataSource provider = bindPool("provider", settings.providerDb(), settings, 8 + 4 * copying);
        DataSource subscriber = bindPool("subscriber", settings.subscriberDb(), settings, 8 + 3 * copying);
        String queue = settings.queueName();
        String consumer = settings.consumerId();
        PgqClient pgq = new PgqClient(provider, fetchSize(settings));
        SubscribedTables tables = new SubscribedTables(queue);
        TableShapes shapes = new TableShapes();
        Handover handover = new Handover(subscriber, tables);
        status = new ReplayStatus();
        copies = new Copies(queue, consumer, copying, pgq, subscriber, tables, handover);
        handover.watch(copies::active);

        main.bind("handover", handover);
        main.bind("decoder", new ChangeDecoder());
        main.bind("replay", new Replay(subscriber, tables, shapes, status));
        main.bind("copies", copies);
        main.bind("snapshotCopy", new SnapshotCopy(queue, provider, subscriber, tables, shapes, handover));
        main.bind("catchUp", new CatchUp(queue, BATCH_EVENTS, pgq, subscriber, tables, handover));
        main.bind("foreignKeys", new ForeignKeys(queue, subscriber, tables, shapes));
        main.bind("failures", new Failures(queue, consumer, pgq, subscriber, tables, shapes, copies));
        main.addInitialProperty("pgq_queue_name", queue);
        main.addInitialProperty("pgq_consumer_id", consumer);
        main.addInitialProperty("pgq_lazy_fetch", String.valueOf(fetchSize(settings)));
        main.addInitialProperty("batch_events", String.valueOf(BATCH_EVENTS));
        main.addInitialProperty(
                "loop_delay", String.valueOf(settings.loopDelay().toMillis()));
        main.addInitialProperty("parallel_copies", String.valueOf(copying));
    }

    private static int fetchSize(Settings settings) {
        return settings.lazyFetch() > 0 ? settings.lazyFetch() : FETCH_SIZE;
    }

    private void bindTicker(Settings settings, Duration delay) {
        main.bind("tickerLog", new TickerLog(settings.tickerLogDelay()));
        main.addInitialProperty("ticker_delay", String.valueOf(delay.toMillis()));
        Duration retry = settings.maintDelay().compareTo(RETRY_DELAY) < 0 ? settings.maintDelay() : RETRY_DELAY;
        main.addInitialProperty("retry_delay", String.valueOf(retry.toMillis()));
        main.addInitialProperty(
                "maint_delay", String.valueOf(settings.maintDelay().toMillis()));
    }

    private DataSource bindPool(String name, Dsn dsn, Settings settings, int connections) {
        BasicDataSource pool = Pools.open(dsn, settings.jobName(), settings.connectionLifetime());
        pool.setMaxTotal(connections);
        pool.setMaxIdle(connections);
        pools.add(pool);
        main.bind(name, pool);
        return pool;
    }

    /**
     * Starts the routes and returns when they run.
     *
     * @throws LondisteException if they cannot be started
     */
    public void start() {
        try {
            main.start();
        } catch (Exception e) {
            close();
            throw e instanceof LondisteException known
                    ? known
                    : new LondisteException("cannot start: " + e.getMessage() + " (" + Causes.root(e) + ")", e);
        }
    }

    /** Lets the batch that is being applied finish, and ends. */
    public void stop() {
        close();
    }

    /** What the replay has applied; null for a ticker. */
    public ReplayStatus status() {
        return status;
    }

    /** The tables on their way to {@code ok}; null for a ticker. */
    public Copies copies() {
        return copies;
    }

    /** As {@link #stop}. */
    @Override
    public void close() {
        try {
            main.stop();
        } finally {
            for (BasicDataSource pool : pools) {
                try {
                    pool.close();
                } catch (SQLException e) {
                    throw new LondisteException("cannot close connections: " + e.getMessage(), e);
                }
            }
        }
    }
}
