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

/** Has a replay stand still between two batches for as long as its operator wants. Used by one thread at a time. */
final class Pause {
    private static final Logger LOG = LoggerFactory.getLogger(Pause.class);

    /** No table is taken up, and no batch. */
    private static final List<String> ROUTES = List.of("tables", "replay");

    private final String consumer;
    private final DataSource subscriber;
    private final SubscribedTables tables;

    Pause(String consumer, DataSource subscriber, SubscribedTables tables) {
        this.consumer = consumer;
        this.subscriber = subscriber;
        this.tables = tables;
    }

    /** Returns when the batch is done that was being applied. */
    void begin(CamelContext context, Duration longestBatch) {
        each(context, route -> context.getRouteController()
                .suspendRoute(route, longestBatch.toSeconds(), TimeUnit.SECONDS));
        // commands in other processes, on other machines perhaps, then know why the replay does not get on
        tell(transaction -> tables.setError(transaction, consumer, SubscribedTables.PAUSED));
        LOG.info("Paused");
    }

    void end(CamelContext context) {
        forget();
        each(context, route -> context.getRouteController().resumeRoute(route));
        LOG.info("Goes on");
    }

    /** What a replay that was killed has left behind. */
    void forget() {
        tell(transaction -> tables.clearPaused(transaction, consumer));
    }

    @FunctionalInterface
    private interface Step {
        void take(String route) throws Exception;
    }

    private static void each(CamelContext context, Step step) {
        for (String route : ROUTES) {
            try {
                if (context.getRoute(route) != null) { // somebody's own file may have another name for it
                    step.take(route);
                }
            } catch (Exception e) {
                throw new LondisteException("route " + route + ": " + Causes.root(e), e);
            }
        }
    }

    private void tell(Transactions.Step words) {
        try {
            Transactions.run(subscriber, words);
        } catch (SQLException e) {
            LOG.debug("the subscriber cannot be told", e);
        }
    }
}
