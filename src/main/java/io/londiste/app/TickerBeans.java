package io.londiste.app;

import io.londiste.config.Settings;
import io.londiste.ticker.TickerLog;
import io.londiste.ticker.TickerRest;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.main.Main;
import org.apache.camel.support.service.ServiceHelper;

/** What the routes of the ticker and of queue maintenance use. */
final class TickerBeans {
    private static final String ROUTE = "ticker";

    /** How often due retries are put back into their queues, unless maintenance runs more often. */
    private static final Duration RETRY_DELAY = Duration.ofSeconds(30);

    /** How long the end waits for the ticker's last round, and how often it looks. */
    private static final Duration LAST_ROUND = Duration.ofSeconds(1);

    private static final Duration LOOK = Duration.ofMillis(2);

    private final Settings settings;
    private final Duration delay;
    private final TickerLog log;
    private final TickerRest rest;

    /**
     * @param provider the database with the queues
     * @param delay the longest wait between two checks if writers do not notify
     * @param delayIfWoken the longest wait if they do
     */
    TickerBeans(Settings settings, DataSource provider, Duration delay, Duration delayIfWoken) {
        this.settings = settings;
        this.delay = delay;
        log = new TickerLog(settings.tickerLogDelay());
        rest = new TickerRest(provider, delay, delayIfWoken);
    }

    void bind(Main main) {
        main.bind("tickerLog", log);
        main.bind("tickerRest", rest);
        Duration maintenance = settings.maintDelay();
        Duration retry = maintenance.compareTo(RETRY_DELAY) < 0 ? maintenance : RETRY_DELAY;
        main.addInitialProperty("ticker_delay", String.valueOf(delay.toMillis()));
        main.addInitialProperty("retry_delay", String.valueOf(retry.toMillis()));
        main.addInitialProperty("maint_delay", String.valueOf(maintenance.toMillis()));
    }

    TickerLog log() {
        return log;
    }

    /**
     * Ends the ticker's wait, and waits for its last round: Camel, if it finds a route busy when it stops, looks again
     * only a second later.
     *
     * @param context null if there is none yet
     */
    void end(CamelContext context) {
        Route route = context == null ? null : context.getRoute(ROUTE);
        if (route == null) {
            rest.close();
            return;
        }
        ServiceHelper.suspendService(route.getConsumer()); // or the next round would begin at once
        rest.close();
        long end = System.nanoTime() + LAST_ROUND.toNanos();
        while (context.getInflightRepository().size(ROUTE) > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }
}
