package io.londiste.app;

import io.londiste.config.Settings;
import io.londiste.copy.Arrivals;
import io.londiste.copy.CatchUp;
import io.londiste.copy.Copies;
import io.londiste.copy.CopyProgressWriter;
import io.londiste.copy.Failures;
import io.londiste.copy.ForeignKeys;
import io.londiste.copy.Handover;
import io.londiste.copy.SnapshotCopy;
import io.londiste.db.Pools;
import io.londiste.digest.LastComparisons;
import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import io.londiste.error.RecentErrors;
import io.londiste.pgq.PgqClient;
import io.londiste.replay.ChangeDecoder;
import io.londiste.replay.Replay;
import io.londiste.replay.ReplayStatus;
import io.londiste.subscriber.Registration;
import io.londiste.sync.Barrier;
import io.londiste.sync.ResultListener;
import io.londiste.sync.WorkListener;
import io.londiste.table.CopyConsumers;
import io.londiste.table.RegisteredTables;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableLife;
import io.londiste.table.TableShapes;
import io.londiste.ticker.TickerLog;
import io.londiste.ticker.TickerPace;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.main.Main;
import org.apache.camel.spi.Resource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes of a replay, a ticker or a command, with the beans and connection pools that they use.
 *
 * <p>Any thread may stop it.
 */
public final class Application implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Application.class);

    /** How often an embedded ticker checks idle queues. */
    private static final Duration EMBEDDED_TICKER_DELAY = Duration.ofMillis(50);

    /** How often due retries are put back into their queues, unless maintenance runs more often. */
    private static final Duration RETRY_DELAY = Duration.ofSeconds(30);

    /** Characters that the names of Camel's MBeans must not have. */
    private static final Pattern NOT_IN_MBEAN_NAMES = Pattern.compile("[,=:\"*?\\n]");

    private static final long BATCH_EVENTS = 100_000;
    private static final int FETCH_SIZE = 1_000;

    /** How long a stop waits for the current batch, which may be one very large transaction. */
    private static final Duration LONGEST_BATCH = Duration.ofDays(1);

    private final Main main = new Main();
    private final List<BasicDataSource> pools = new ArrayList<>();
    private final RecentErrors errors = new RecentErrors();
    private final ErrorLog errorLog = new ErrorLog(errors);
    private List<Path> changing = List.of();
    private Path ini;
    private TickerLog tickerLog;
    private Pause pause;
    private ReplayStatus status;
    private Copies copies;
    private Arrivals arrivals;
    private Completion completion;
    private ComparisonBeans comparing;
    private LastComparisons comparisons;

    private Application(Settings settings, String kind, List<Resource> routes) {
        main.configure().withName(NOT_IN_MBEAN_NAMES.matcher(settings.jobName()).replaceAll("_") + "-" + kind);
        main.configure().withDumpRoutes("false");
        main.configure().withShutdownTimeout((int) LONGEST_BATCH.toSeconds());
        main.configure().withAutoConfigurationEnabled(false);
        main.configure().withSourceLocationEnabled(true); // errors name the line
        main.configure().withRoutesIncludePattern("false"); // the loader has them
        main.configure().addRoutesBuilder(new RouteLoader(routes));
        main.addInitialProperty("camel.main.banner-enabled", "false");
        main.bind("errorLog", errorLog);
    }

    /** The replay of a job, with a ticker if {@code embedded_ticker} is set. */
    public static Application replay(Settings settings) {
        return replay(settings, RouteFiles.read(settings.routesDir()));
    }

    /** The same with route files that were read before. */
    public static Application replay(Settings settings, RouteFiles files) {
        Application application = new Application(settings, "replay", files.all(routesOfReplay(settings)));
        application.bindReplay(settings);
        application.comparisons = new LastComparisons();
        application.main.bind("lastComparisons", application.comparisons);
        application.bindComparing(new ComparisonBeans(settings, files, 1, application.comparisons, WorkListener.NONE));
        if (!settings.compareEvery().isZero()) {
            application.main.addInitialProperty(
                    "compare_every", String.valueOf(settings.compareEvery().toMillis()));
        }
        if (settings.embeddedTicker()) {
            application.bindTicker(settings, EMBEDDED_TICKER_DELAY);
        }
        application.changing = files.changingRows();
        application.ini = settings.file();
        return application;
    }

    private static List<String> routesOfReplay(Settings settings) {
        List<String> routes =
                new ArrayList<>(List.of("replay", "sequences", "copy", "catch-up", "foreign-keys", "upkeep"));
        routes.addAll(ComparisonBeans.ROUTES);
        if (!settings.compareEvery().isZero()) {
            routes.add("scheduled-compare");
        }
        if (settings.embeddedTicker()) {
            routes.addAll(List.of("ticker", "maintenance"));
        }
        return routes;
    }

    /** The ticker of a database, with queue maintenance. */
    public static Application ticker(Settings settings) {
        return ticker(settings, RouteFiles.read(settings.routesDir()));
    }

    /** The same with route files that were read before. */
    public static Application ticker(Settings settings, RouteFiles files) {
        Application application =
                new Application(settings, "ticker", files.all(List.of("errors", "ticker", "maintenance")));
        application.bindPool(
                "provider", Pools.open(settings.db(), settings.jobName(), settings.connectionLifetime()), 4);
        application.bindTicker(settings, settings.loopDelay());
        return application;
    }

    /**
     * What a command needs that compares or repairs. Of the job's own route files it takes only those that are for it.
     *
     * @param jobs how many tables are read at the same time, and how many connections scan their parts on either side
     * @param results receives each result as soon as it and those of the tables before it are there
     * @param work is informed how far the work is
     */
    public static Application comparing(Settings settings, int jobs, ResultListener results, WorkListener work) {
        RouteFiles files = RouteFiles.read(settings.routesDir());
        Application application = new Application(settings, "compare", files.of(ComparisonBeans.ROUTES));
        application.bindComparing(new ComparisonBeans(settings, files, jobs, results, work));
        return application;
    }

    private void bindComparing(ComparisonBeans beans) {
        comparing = beans;
        comparing.bind(main);
    }

    private void bindReplay(Settings settings) {
        int copying = settings.parallelCopies();
        DataSource provider = bindPool(
                "provider",
                Pools.open(settings.providerDb(), settings.jobName(), settings.connectionLifetime()),
                8 + 4 * copying);
        DataSource subscriber = bindPool(
                "subscriber",
                Pools.openReplay(settings.subscriberDb(), settings.jobName(), settings.connectionLifetime()),
                12 + 3 * copying);
        String queue = settings.queueName();
        String consumer = settings.consumerId();
        PgqClient pgq = new PgqClient(provider, fetchSize(settings));
        SubscribedTables tables = new SubscribedTables(queue);
        TableLife life = new TableLife(queue);
        CopyConsumers consumers = new CopyConsumers(queue, consumer, pgq);
        TableShapes shapes = new TableShapes();
        Handover handover = new Handover(consumer, subscriber, tables, life);
        status = new ReplayStatus();
        copies = new Copies(queue, copying, subscriber, tables, life, consumers, handover);
        arrivals = new Arrivals(queue, subscriber, copies);
        handover.watch(copies::active);
        ForeignKeys foreignKeys = new ForeignKeys(queue, subscriber, shapes, settings.lockTimeout());
        completion = new Completion(queue, consumer, pgq, subscriber, tables, copies, foreignKeys, status);
        pause = new Pause(consumer, subscriber, tables);

        main.bind("barrier", new Barrier(consumer, subscriber));
        main.bind("handover", handover);
        main.bind("decoder", new ChangeDecoder());
        main.bind(
                "replay", new Replay(subscriber, tables, life, new RegisteredTables(queue, provider), shapes, status));
        main.bind("copies", copies);
        main.bind("arrivals", arrivals);
        CopyProgressWriter progress = new CopyProgressWriter(queue, subscriber, copies);
        main.bind("copyProgress", progress);
        main.bind(
                "snapshotCopy",
                new SnapshotCopy(
                        queue,
                        provider,
                        subscriber,
                        tables,
                        life,
                        consumers,
                        shapes,
                        handover,
                        progress,
                        settings.lockTimeout()));
        main.bind("catchUp", new CatchUp(queue, BATCH_EVENTS, pgq, subscriber, tables, life, handover));
        main.bind("foreignKeys", foreignKeys);
        Failures failures =
                new Failures(queue, consumer, pgq, subscriber, tables, life, consumers, shapes, copies, status, errors);
        main.bind("failures", failures);
        Registration registration = new Registration(settings, provider, subscriber);
        errorLog.whenNotRegistered(e -> failures.lost(registration.loss().orElse(e.getMessage())));
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
        tickerLog = new TickerLog(settings.tickerLogDelay());
        main.bind("tickerLog", tickerLog);
        main.bind("tickerPace", new TickerPace(delay));
        main.addInitialProperty("ticker_delay", String.valueOf(delay.toMillis()));
        Duration retry = settings.maintDelay().compareTo(RETRY_DELAY) < 0 ? settings.maintDelay() : RETRY_DELAY;
        main.addInitialProperty("retry_delay", String.valueOf(retry.toMillis()));
        main.addInitialProperty(
                "maint_delay", String.valueOf(settings.maintDelay().toMillis()));
    }

    private DataSource bindPool(String name, BasicDataSource pool, int connections) {
        pool.setMaxTotal(connections);
        pool.setMaxIdle(connections);
        pools.add(pool);
        main.bind(name, pool);
        return pool;
    }

    /**
     * Loads the routes and creates them with their beans and endpoints, but starts none and connects to nothing. Another
     * application may run meanwhile. This one can then only be closed.
     *
     * @throws LondisteException if the routes have a mistake; the message names the file, and the line where it is known
     */
    public void check() {
        main.configure().withJmxEnabled(false); // the MBeans of the running one have the same names
        try {
            main.init();
        } catch (Exception e) {
            throw failure(e);
        }
        new RouteCheck(main.getCamelContext()).run();
    }

    /**
     * Starts the routes and returns when they are running.
     *
     * @throws LondisteException if they cannot be started
     */
    public void start() {
        try {
            if (pause != null) {
                pause.forget();
            }
            main.start();
            if (!changing.isEmpty()) {
                LOG.info(
                        "Route files that may change rows are in use: {}. So that 'repair --apply' does not undo what"
                                + " they do, the key routes in {} has to name their directory",
                        changing,
                        ini);
            }
        } catch (Exception e) {
            close();
            throw failure(e);
        }
    }

    private static LondisteException failure(Exception e) {
        return Causes.forOperator(e)
                .orElseGet(() ->
                        new LondisteException("cannot start: " + e.getMessage() + " (" + Causes.root(e) + ")", e));
    }

    /**
     * Sends a body to a {@code direct:} route and returns when the route has ended.
     *
     * @param route the name after {@code direct:}
     * @throws LondisteException if the route fails
     */
    public void send(String route, Object body) {
        Exchange exchange = main.getCamelContext()
                .createFluentProducerTemplate()
                .to("direct:" + route)
                .withBody(body)
                .send();
        Exception failure = exchange.getException();
        if (failure != null) {
            throw Causes.forOperator(failure)
                    .orElseGet(() -> new LondisteException("route " + route + ": " + Causes.root(failure), failure));
        }
    }

    /**
     * Pauses the replay after its current batch. Copies that are running continue as far as they can without the replay.
     */
    public void pause() {
        pause.begin(main.getCamelContext(), LONGEST_BATCH);
    }

    /** Resumes the replay after {@link #pause}. */
    public void resume() {
        pause.end(main.getCamelContext());
    }

    /** Stops the routes after the current batch and closes the connections. */
    public void stop() {
        close();
    }

    /** The recent errors. */
    public RecentErrors errors() {
        return errors;
    }

    /** The statistics of the ticker; null if there is none. */
    public TickerLog ticks() {
        return tickerLog;
    }

    /** What the replay has applied; null if this is no replay. */
    public ReplayStatus status() {
        return status;
    }

    /** The tables that are not yet {@code ok}; null if this is no replay. */
    public Copies copies() {
        return copies;
    }

    /** Whether the replay has done all its work; null if this is no replay. */
    public Completion completion() {
        return completion;
    }

    /** What the replay's own comparisons have found; null for a ticker or a command. */
    public LastComparisons comparisons() {
        return comparisons;
    }

    /** Does the same as {@link #stop}. */
    @Override
    public void close() {
        try (ComparisonBeans ended = comparing) {
            if (ended != null) {
                ended.end();
            }
            if (arrivals != null) {
                arrivals.close(); // no new copy starts
            }
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
