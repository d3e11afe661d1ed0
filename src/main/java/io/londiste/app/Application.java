package io.londiste.app;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.copy.Copies;
import io.londiste.db.Pools;
import io.londiste.digest.LastComparisons;
import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import io.londiste.error.RecentErrors;
import io.londiste.hook.Hooks;
import io.londiste.replay.ReplayStatus;
import io.londiste.sync.ResultListener;
import io.londiste.sync.WorkListener;
import io.londiste.ticker.TickerLog;
import java.nio.file.Path;
import java.time.Duration;
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

    /** How often an embedded ticker checks idle queues, if the first change does not wake it. */
    private static final Duration EMBEDDED_TICKER_DELAY = Duration.ofMillis(50);

    /** The same if it does. */
    private static final Duration EMBEDDED_TICKER_WOKEN = Duration.ofMillis(500);

    /** Characters that the names of Camel's MBeans must not have. */
    private static final Pattern NOT_IN_MBEAN_NAMES = Pattern.compile("[,=:\"*?\\n]");

    /** How long a stop waits for the current batch, which may be one very large transaction. */
    private static final Duration LONGEST_BATCH = Duration.ofDays(1);

    /**
     * Held while routes are started: several comparisons may start at once, and Camel looks for a free name for the MBeans of each and
     * takes it in two steps.
     */
    private static final Object STARTING = new Object();

    private final Main main = new Main();
    private final RecentErrors errors = new RecentErrors();
    private final ErrorLog errorLog = new ErrorLog(errors);
    private final Hooks hooks = new Hooks(main::getCamelContext, errors);
    private final RouteStates states;
    private final Libraries libraries;
    private List<Path> changing = List.of();
    private Path ini;
    private TickerBeans ticking;
    private BasicDataSource tickerPool;
    private ReplayBeans replaying;
    private ComparisonBeans comparing;
    private LastComparisons comparisons;

    private Application(Settings settings, String kind, List<Resource> routes) {
        states = new RouteStates("have the daemon start all routes again"
                + (settings.file() == null
                        ? ""
                        : " (" + (settings.section() == Section.PGQADM ? "pgqadm" : "londiste") + " -r "
                                + settings.file() + ")"));
        main.configure().withName(NOT_IN_MBEAN_NAMES.matcher(settings.jobName()).replaceAll("_") + "-" + kind);
        main.configure().withDumpRoutes("false");
        main.configure().withShutdownTimeout((int) LONGEST_BATCH.toSeconds());
        main.configure().withAutoConfigurationEnabled(false);
        main.configure().withSourceLocationEnabled(true); // errors name the line
        main.configure().withRoutesIncludePattern("false"); // the loader has them
        main.configure().addRoutesBuilder(new RouteLoader(routes));
        main.addInitialProperty("camel.main.banner-enabled", "false");
        main.bind("errorLog", errorLog);
        main.addInitialProperty("job_name", settings.jobName());
        if (settings.section() == Section.LONDISTE) {
            main.addInitialProperty("pgq_queue_name", settings.queueName());
            main.addInitialProperty("pgq_consumer_id", settings.consumerId());
        }
        settings.ofRoutes().forEach(main::addInitialProperty);
        libraries = Libraries.of(settings.lib());
        main.addMainListener(libraries);
        main.addMainListener(states.listener());
    }

    /** The replay of a job, with a ticker if {@code embedded_ticker} is set. */
    public static Application replay(Settings settings) {
        return replay(settings, RouteFiles.read(settings.routesDir()));
    }

    /** The same with route files that were read before. */
    public static Application replay(Settings settings, RouteFiles files) {
        Application application = new Application(settings, "replay", files.all(BuiltInRoutes.ofReplay(settings)));
        application.replaying = new ReplayBeans(
                settings, files.providerConnections(), application.errors, application.errorLog, application.hooks);
        application.replaying.bind(application.main);
        application.comparisons = new LastComparisons();
        application.main.bind("lastComparisons", application.comparisons);
        application.bindComparing(new ComparisonBeans(settings, files, 1, application.comparisons, WorkListener.NONE));
        if (!settings.compareEvery().isZero()) {
            application.main.addInitialProperty(
                    "compare_every", String.valueOf(settings.compareEvery().toMillis()));
        }
        if (settings.embeddedTicker()) {
            application.bindTicker(
                    settings, application.replaying.provider(), EMBEDDED_TICKER_DELAY, EMBEDDED_TICKER_WOKEN);
        }
        application.changing = files.changingRows();
        application.ini = settings.file();
        return application;
    }

    /** The ticker of a database, with queue maintenance. */
    public static Application ticker(Settings settings) {
        return ticker(settings, RouteFiles.read(settings.routesDir()));
    }

    /** The same with route files that were read before. */
    public static Application ticker(Settings settings, RouteFiles files) {
        Application application = new Application(settings, "ticker", files.all(BuiltInRoutes.OF_TICKER));
        application.tickerPool = Pools.open(settings.db(), settings.jobName(), settings.connectionLifetime());
        application.tickerPool.setMaxTotal(4 + files.providerConnections());
        application.tickerPool.setMaxIdle(4);
        application.main.bind("provider", application.tickerPool);
        application.bindTicker(settings, application.tickerPool, settings.loopDelay(), settings.loopDelay());
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

    private void bindTicker(Settings settings, DataSource provider, Duration delay, Duration delayIfWoken) {
        ticking = new TickerBeans(settings, provider, delay, delayIfWoken);
        ticking.bind(main);
    }

    /**
     * Loads the routes and creates them with their beans and endpoints, but starts none and connects to nothing. Another
     * application may run meanwhile. This one can then only be closed.
     *
     * @return the routes, in the order of their ids
     * @throws LondisteException if the routes have a mistake; the message names the file, and the line where it is known
     */
    public List<LoadedRoute> check() {
        main.configure().withJmxEnabled(false); // the MBeans of the running one have the same names
        try {
            main.init();
        } catch (Exception e) {
            throw failure(e);
        }
        return new RouteCheck(main.getCamelContext()).run();
    }

    /**
     * Starts the routes and returns when they are running.
     *
     * @throws LondisteException if they cannot be started
     */
    public void start() {
        try {
            if (replaying != null) {
                replaying.pause().forget();
            }
            synchronized (STARTING) {
                main.start();
            }
            DiagramXml.use(main.getCamelContext());
            states.begin(main.getCamelContext());
            if (!changing.isEmpty()) {
                LOG.info(
                        "Route files that may change rows are in use: {}. So that 'repair --apply' does not undo what"
                                + " they do, the key routes in {} has to name their directory",
                        changing,
                        ini);
            }
        } catch (Exception e) {
            String place = RouteCheck.place(main.getCamelContext(), e);
            close();
            throw Causes.forOperator(e)
                    .orElseGet(() -> new LondisteException(place + "cannot start: " + Causes.root(e), e));
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
        replaying.pause().begin(main.getCamelContext(), LONGEST_BATCH);
    }

    /** Resumes the replay after {@link #pause}. */
    public void resume() {
        replaying.pause().end(main.getCamelContext());
    }

    /** Stops the routes after the current batch and closes the connections. */
    public void stop() {
        close();
    }

    /**
     * Which routes do not run although they should, or run although the replay is paused, each with a remedy, and which of the
     * integrator's routes read no further, with the error; empty if there are none. Others than this program can stop routes
     * through Camel's MBeans.
     */
    public List<String> routeProblems() {
        return states.problems(main.getCamelContext(), replaying == null ? null : replaying.pause());
    }

    /** The recent errors. */
    public RecentErrors errors() {
        return errors;
    }

    /** What tells routes of events. */
    public Hooks hooks() {
        return hooks;
    }

    /** The statistics of the ticker; null if there is none. */
    public TickerLog ticks() {
        return ticking == null ? null : ticking.log();
    }

    /** What the replay has applied; null if this is no replay. */
    public ReplayStatus status() {
        return replaying == null ? null : replaying.status();
    }

    /** The tables that are not yet {@code ok}; null if this is no replay. */
    public Copies copies() {
        return replaying == null ? null : replaying.copies();
    }

    /** Whether the replay has done all its work; null if this is no replay. */
    public Completion completion() {
        return replaying == null ? null : replaying.completion();
    }

    /** What the replay's own comparisons have found; null for a ticker or a command. */
    public LastComparisons comparisons() {
        return comparisons;
    }

    /** Does the same as {@link #stop}. */
    @Override
    public void close() {
        states.end();
        try (ReplayBeans replayEnded = replaying;
                ComparisonBeans comparingEnded = comparing) {
            if (comparingEnded != null) {
                comparingEnded.end();
            }
            if (replayEnded != null) {
                replayEnded.end();
            }
            if (ticking != null) {
                ticking.end(main.getCamelContext());
            }
            hooks.end();
            main.stop();
        } finally {
            if (tickerPool != null) {
                Pools.close(tickerPool);
            }
            libraries.close();
        }
    }
}
