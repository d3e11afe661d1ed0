package io.londiste.pgq;

import java.sql.SQLException;
import java.util.Iterator;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a batch through the route: as one exchange, or as one for each of its transactions or events. */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private final PgqConsumer consumer;
    private final PgqEndpoint endpoint;
    private final FailedEvents failedEvents;
    private final BooleanSupplier abandoned;

    /** @param abandoned whether the rest of a batch is not to be delivered now, since the route stops */
    Delivery(PgqConsumer consumer, PgqEndpoint endpoint, PgqClient client, BooleanSupplier abandoned) {
        this.consumer = consumer;
        this.endpoint = endpoint;
        this.failedEvents = new FailedEvents(endpoint, client);
        this.abandoned = abandoned;
    }

    /**
     * How a delivery ended.
     *
     * @param error why it failed; null if it did not, or if the route does not say why
     * @param lastTick where the batch is to end that the route has refused; null: it has not
     */
    record Outcome(Kind kind, Throwable error, Long lastTick) {
        enum Kind {
            PROCESSED,
            FAILED,
            REFUSED,
            ABANDONED
        }

        private static Outcome of(Kind kind) {
            return new Outcome(kind, null, null);
        }
    }

    /** @throws PgqException if the route cannot do what its options say, so that this is not found out with the first failure */
    void check() throws SQLException {
        failedEvents.check();
    }

    /**
     * Sends the batch, up to its first exchange that fails.
     *
     * @param redelivered whether it may have been delivered before, by whatever process
     * @param redeliveries how often this route has delivered it before
     */
    Outcome deliver(Batch batch, boolean redelivered, int redeliveries) throws Exception {
        Sent sent = new Sent(batch, redelivered, redeliveries);
        return switch (endpoint.getExchangePer()) {
            case BATCH -> whole(sent);
            case TRANSACTION -> transactions(sent);
            case EVENT -> events(sent);
        };
    }

    private record Sent(Batch batch, boolean redelivered, int redeliveries) {}

    /** What is done with an exchange that the route has processed, successfully or not. */
    @FunctionalInterface
    private interface Result {
        Outcome of(Exchange exchange) throws SQLException;
    }

    private Outcome whole(Sent sent) throws Exception {
        Exchange exchange = exchange(sent, sent.batch());
        return process(exchange, done -> {
            if (isFailed(done)) {
                return failed(sent.batch(), done);
            }
            Long last = done.getMessage().getHeader(PgqConstants.LAST_TICK_ID, Long.class);
            return last != null && last < sent.batch().tick().id()
                    ? new Outcome(Outcome.Kind.REFUSED, null, last)
                    : Outcome.of(Outcome.Kind.PROCESSED);
        });
    }

    private Outcome transactions(Sent sent) throws Exception {
        Iterator<Transaction> transactions = Transaction.of(sent.batch().iterator());
        Outcome outcome = Outcome.of(Outcome.Kind.PROCESSED);
        while (outcome.kind() == Outcome.Kind.PROCESSED && transactions.hasNext()) {
            if (abandoned.getAsBoolean()) {
                return Outcome.of(Outcome.Kind.ABANDONED);
            }
            Transaction transaction = transactions.next();
            Exchange exchange = exchange(sent, transaction);
            exchange.getIn().setHeader(PgqConstants.TRANSACTION_ID, transaction.id());
            outcome = process(
                    exchange, done -> isFailed(done) ? failed(sent.batch(), done) : Outcome.of(Outcome.Kind.PROCESSED));
        }
        return outcome;
    }

    private Outcome events(Sent sent) throws Exception {
        Iterator<Event> events = sent.batch().iterator();
        Outcome outcome = Outcome.of(Outcome.Kind.PROCESSED);
        while (outcome.kind() == Outcome.Kind.PROCESSED && events.hasNext()) {
            if (abandoned.getAsBoolean()) {
                return Outcome.of(Outcome.Kind.ABANDONED);
            }
            Event event = events.next();
            Exchange exchange = exchange(sent, event);
            exchange.getIn().setHeader(PgqConstants.TRANSACTION_ID, event.txid());
            exchange.getIn().setHeader(PgqConstants.EVENT_ID, event.id());
            exchange.getIn().setHeader(PgqConstants.EVENT_TYPE, event.type());
            outcome = process(exchange, done -> event(sent.batch(), event, done));
        }
        return outcome;
    }

    private Outcome event(Batch batch, Event event, Exchange done) throws SQLException {
        if (isFailed(done)) {
            return failedEvents.move(batch, event, done.getException())
                    ? Outcome.of(Outcome.Kind.PROCESSED)
                    : failed(batch, done);
        }
        Integer seconds = done.getMessage().getHeader(PgqConstants.RETRY_AFTER, Integer.class);
        if (seconds != null) {
            failedEvents.retry(batch, event, seconds);
        }
        return Outcome.of(Outcome.Kind.PROCESSED);
    }

    private Outcome process(Exchange exchange, Result result) throws Exception {
        try {
            consumer.getProcessor().process(exchange);
            return result.of(exchange);
        } finally {
            consumer.releaseExchange(exchange, false);
        }
    }

    private static boolean isFailed(Exchange exchange) {
        return exchange.isFailed() || exchange.isRollbackOnly();
    }

    private Outcome failed(Batch batch, Exchange exchange) {
        Throwable error = exchange.getException();
        LOG.debug("{} will be delivered again", batch, error);
        if (error != null) {
            consumer.getExceptionHandler().handleException("could not process " + batch, exchange, error);
        }
        return new Outcome(Outcome.Kind.FAILED, error, null);
    }

    private Exchange exchange(Sent sent, Object body) {
        Batch batch = sent.batch();
        Exchange exchange = consumer.createExchange(false);
        var message = exchange.getIn();
        message.setHeader(PgqConstants.QUEUE, batch.queue());
        message.setHeader(PgqConstants.CONSUMER, batch.consumer());
        message.setHeader(PgqConstants.BATCH_ID, batch.id());
        message.setHeader(PgqConstants.PREVIOUS_TICK_ID, batch.previousTick().id());
        message.setHeader(PgqConstants.TICK_ID, batch.tick().id());
        message.setHeader(PgqConstants.TICK_TIME, batch.tick().time());
        message.setHeader(PgqConstants.LAG, batch.lag().toMillis());
        message.setHeader(PgqConstants.REDELIVERED, sent.redelivered());
        message.setHeader(PgqConstants.REDELIVERY_COUNTER, sent.redeliveries());
        message.setBody(body);
        return exchange;
    }
}
