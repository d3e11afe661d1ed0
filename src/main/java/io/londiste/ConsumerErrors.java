package io.londiste;

import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what a consumer could not do before there was an exchange; errors of exchanges are the error routes' business. */
final class ConsumerErrors implements ExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerErrors.class);

    @Override
    public void handleException(Throwable exception) {
        handleException(null, null, exception);
    }

    @Override
    public void handleException(String message, Throwable exception) {
        handleException(message, null, exception);
    }

    @Override
    public void handleException(String message, Exchange exchange, Throwable exception) {
        if (exchange == null) {
            LOG.error("{}", exception.getMessage());
        }
        LOG.debug("{}", message, exception);
    }
}
