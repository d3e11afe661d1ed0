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

/** Logs what goes wrong outside of the work on a batch or a table; what comes again and again only now and then. */
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

    /** Work by the clock has failed. */
    public void timer(Exchange exchange) {
        tell(exchange.getFromRouteId(), exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
    }

    private void tell(String speaker, Throwable error) {
        var message = Causes.root(error);
        errors.add(speaker, message);
        if (repeats.isNews(speaker, message)) {
            LOG.error("{}: {}", speaker, message);
        }
        LOG.debug("{}", speaker, error);
    }

    @Override
    public void handleException(Throwable exception) {
        handleException(null, null, exception);
    }

    @Override
    public void handleException(String message, Throwable exception) {
        handleException(message, null, exception);
    }

    /** A consumer could not do its work; what an error route knows of, that has told. */
    @Override
    public void handleException(String message, Exchange exchange, Throwable exception) {
        var unregistered = ObjectHelper.getException(NotRegisteredException.class, exception);
        if (unregistered != null && notRegistered != null) {
            handleNotRegistered(unregistered);
        } else if (exchange == null || exchange.getProperty(Exchange.EXCEPTION_CAUGHT) == null) {
            tell(exchange == null ? "queue" : message, exception);
        } else {
            LOG.debug("{}", message, exception);
        }
    }

    private void handleNotRegistered(NotRegisteredException unregistered) {
        try {
            notRegistered.accept(unregistered);
        } catch (LondisteException e) {
            tell("queue", e);
        }
    }
}
