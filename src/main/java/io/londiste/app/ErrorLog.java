package io.londiste.app;

import io.londiste.error.Causes;
import io.londiste.error.LondisteException;
import io.londiste.error.RecentErrors;
import io.londiste.error.RepeatFilter;
import io.londiste.pgq.NotRegisteredException;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs errors that do not concern a batch or a table, repeated ones at a limited rate. */
public final class ErrorLog implements ExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorLog.class);

    private final RepeatFilter repeats = new RepeatFilter();
    private final RecentErrors errors;
    private volatile Consumer<NotRegisteredException> notRegistered;

    public ErrorLog(RecentErrors errors) {
        this.errors = errors;
    }

    /** Sets what handles the error that the consumer of a route is not registered; without it, the error is logged. */
    void whenNotRegistered(Consumer<NotRegisteredException> handler) {
        notRegistered = handler;
    }

    /** Logs the failure of a scheduled route. */
    public void timer(Exchange exchange) {
        log(exchange.getFromRouteId(), exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
    }

    private void log(String source, Throwable error) {
        var message = Causes.root(error);
        errors.add(source, message);
        if (repeats.isNews(source, message)) {
            LOG.error("{}: {}", source, message);
        }
        LOG.debug("{}", source, error);
    }

    @Override
    public void handleException(Throwable exception) {
        handleException(null, null, exception);
    }

    @Override
    public void handleException(String message, Throwable exception) {
        handleException(message, null, exception);
    }

    /** Logs the failure of a consumer, unless an error handler of the routes has already logged it. */
    @Override
    public void handleException(String message, Exchange exchange, Throwable exception) {
        var unregistered = ObjectHelper.getException(NotRegisteredException.class, exception);
        if (unregistered != null && notRegistered != null) {
            handleNotRegistered(unregistered);
        } else if (exchange == null || exchange.getProperty(Exchange.EXCEPTION_CAUGHT) == null) {
            log(exchange == null ? "queue" : message, exception);
        } else {
            LOG.debug("{}", message, exception);
        }
    }

    private void handleNotRegistered(NotRegisteredException unregistered) {
        try {
            notRegistered.accept(unregistered);
        } catch (LondisteException e) {
            log("queue", e);
        }
    }
}
