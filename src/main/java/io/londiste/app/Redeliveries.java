package io.londiste.app;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeRedeliveryEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * The exchanges that the error handlers of routes try again and again. Until one succeeds or is given up, its consumer does not
 * hear of it, and Camel's health checks neither. Safe for use by several threads.
 */
final class Redeliveries extends EventNotifierSupport {
    /** How often an exchange fails before it is here. */
    private final int failures;

    private final Map<String, Failing> failing = new ConcurrentHashMap<>();

    /**
     * An exchange that has failed.
     *
     * @param route whose consumer waits for it
     * @param error of the last time
     */
    record Failing(String route, Throwable error) {}

    Redeliveries(int failures) {
        this.failures = failures;
        // all but exchanges that fail, with which Camel counts those that are tried again
        setIgnoreCamelContextEvents(true);
        setIgnoreServiceEvents(true);
        setIgnoreRouteEvents(true);
        setIgnoreStepEvents(true);
        setIgnoreExchangeCreatedEvent(true);
        setIgnoreExchangeCompletedEvent(true);
        setIgnoreExchangeSendingEvents(true);
        setIgnoreExchangeSentEvents(true);
    }

    /** Adds this to the routes when they are configured. */
    MainListenerSupport listener() {
        return new MainListenerSupport() {
            @Override
            public void afterConfigure(BaseMainSupport main) {
                main.getCamelContext().getManagementStrategy().addEventNotifier(Redeliveries.this);
            }
        };
    }

    /** What fails now. */
    Collection<Failing> failing() {
        return List.copyOf(failing.values());
    }

    @Override
    public boolean isEnabled(CamelEvent event) {
        return event instanceof ExchangeRedeliveryEvent redelivery && redelivery.getAttempt() >= failures;
    }

    @Override
    public void notify(CamelEvent event) {
        Exchange exchange = ((ExchangeRedeliveryEvent) event).getExchange();
        String id = exchange.getExchangeId();
        var error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        if (failing.put(id, new Failing(exchange.getFromRouteId(), error)) == null) {
            exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                @Override
                public void onDone(Exchange done) {
                    failing.remove(id);
                }
            });
        }
    }
}
