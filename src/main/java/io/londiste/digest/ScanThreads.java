package io.londiste.digest;

import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;

/**
 * The threads of one run that wait for the servers while a route's own thread compares a table: as many connections to
 * either side as there are jobs scan parts of tables. They belong to Camel, which shows them and ends them with its
 * context.
 *
 * @param provider scan parts of tables on the provider
 * @param subscriber scan parts of tables on the subscriber
 * @param otherSide let the provider work while a route's thread waits for the subscriber
 */
record ScanThreads(
        CamelContext context, ExecutorService provider, ExecutorService subscriber, ExecutorService otherSide)
        implements AutoCloseable {
    ScanThreads(CamelContext context, int jobs) {
        this(
                context,
                context.getExecutorServiceManager().newFixedThreadPool(context, "scan-provider", jobs),
                context.getExecutorServiceManager().newFixedThreadPool(context, "scan-subscriber", jobs),
                context.getExecutorServiceManager().newCachedThreadPool(context, "other-side"));
    }

    /** Begins no more scans; those that have begun end by themselves. */
    @Override
    public void close() {
        var manager = context.getExecutorServiceManager();
        manager.shutdown(provider);
        manager.shutdown(subscriber);
        manager.shutdown(otherSide);
    }
}
