package io.londiste.app;

import io.londiste.db.Transactions;
import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import io.londiste.table.SubscribedTables;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pauses and resumes a replay between two batches. Used by one thread at a time, except what tells its state. */
final class Pause {
    private static final Logger LOG = LoggerFactory.getLogger(Pause.class);

    /** The routes that start copies and open batches. */
    private static final List<String> ROUTES = List.of("tables", "replay");

    private final String consumer;
    private final DataSource subscriber;
    private final SubscribedTables tables;
    private volatile boolean paused;
    private volatile boolean changing;

    Pause(String consumer, DataSource subscriber, SubscribedTables tables) {
        this.consumer = consumer;
        this.subscriber = subscriber;
        this.tables = tables;
    }

    /** Pauses the replay; returns when the current batch is done. */
    void begin(CamelContext context, Duration longestBatch) {
        change(true, context, route -> context.getRouteController()
                .suspendRoute(route, longestBatch.toSeconds(), TimeUnit.SECONDS));
        // so that commands in other processes and on other machines can report why nothing is applied
        update(transaction -> tables.setError(transaction, consumer, SubscribedTables.PAUSED));
        LOG.info("Paused");
    }

    void end(CamelContext context) {
        forget();
        change(false, context, route -> context.getRouteController().resumeRoute(route));
        LOG.info("Resumed");
    }

    /** Removes the record of a pause or of what the daemon has observed, which a killed replay may have left. */
    void forget() {
        update(transaction -> tables.clearPaused(transaction, consumer));
    }

    /** Whether the route is suspended for a pause. */
    boolean isPaused(String route) {
        return paused && ROUTES.contains(route);
    }

    /** Whether the route is being suspended or resumed. */
    boolean isChanging(String route) {
        return changing && ROUTES.contains(route);
    }

    private void change(boolean toPaused, CamelContext context, Step step) {
        changing = true;
        try {
            each(context, step);
            paused = toPaused;
        } finally {
            changing = false;
        }
    }

    @FunctionalInterface
    private interface Step {
        void take(String route) throws Exception;
    }

    private static void each(CamelContext context, Step step) {
        for (String route : ROUTES) {
            try {
                if (context.getRoute(route) != null) { // a user's route file may use another id
                    step.take(route);
                }
            } catch (Exception e) {
                throw new LondisteException("route " + route + ": " + Causes.root(e), e);
            }
        }
    }

    private void update(Transactions.Step change) {
        try {
            Transactions.run(subscriber, change);
        } catch (SQLException e) {
            LOG.debug("cannot record the pause on the subscriber", e);
        }
    }
}
