package io.londiste.pgq;

import javax.sql.DataSource;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.ScheduledPollEndpoint;

/**
 * Consume batches of events from, and insert events into, PgQ queues in PostgreSQL.
 *
 * <p>A consumer creates one exchange for each batch, or for each of its transactions or events. When they succeed, the
 * batch is finished; when one fails, the batch stays open and is delivered again with the same events in the same order,
 * until it succeeds.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "pgq",
        title = "PgQ",
        syntax = "pgq:queue",
        category = {Category.DATABASE, Category.MESSAGING},
        headersClass = PgqConstants.class)
public class PgqEndpoint extends ScheduledPollEndpoint {
    @UriPath(description = "The name of the queue")
    @Metadata(required = true)
    private String queue;

    @UriParam(label = "consumer", description = "The name under which the queue records the position of this consumer")
    private String consumer;

    @UriParam(
            description = "The database of the queue. The default is that of the component, or the only DataSource in"
                    + " the registry")
    private DataSource dataSource;

    @UriParam(
            label = "consumer",
            defaultValue = "true",
            description = "Whether to register the consumer on the queue when the route starts. A new consumer receives"
                    + " the events that are committed from then on. A consumer that is unregistered while the route"
                    + " runs is not registered again until the route is started again: its polls fail")
    private boolean register = true;

    @UriParam(
            label = "consumer",
            defaultValue = "10000",
            description = "The maximum number of events in a batch that spans several ticks, which a lagging consumer"
                    + " opens. A batch always spans at least one tick, however many events that has; with 0 it always"
                    + " spans exactly one")
    private long maxEvents = 10_000;

    @UriParam(
            label = "consumer",
            defaultValue = "1000",
            description = "The number of events that are fetched from the server and held in memory at a time")
    private int fetchSize = 1_000;

    @UriParam(
            label = "consumer",
            defaultValue = "1000",
            javaType = "java.time.Duration",
            description = "How long to wait for the notification of a new tick before the queue is polled without one,"
                    + " and how long to wait after a first failure")
    private long pollInterval = 1_000;

    @UriParam(
            label = "consumer",
            defaultValue = "BATCH",
            description = "Of what an exchange is made: BATCH (the body is a Batch), TRANSACTION (the body is a"
                    + " Transaction: consecutive events that one transaction inserted) or EVENT (the body is an Event)."
                    + " Whichever it is, a batch is finished when all its exchanges have succeeded, and otherwise"
                    + " delivered again from its beginning")
    private ExchangePer exchangePer = ExchangePer.BATCH;

    @UriParam(
            label = "consumer",
            defaultValue = "30000",
            javaType = "java.time.Duration",
            description = "How long to wait at most before a batch that has failed is delivered again. The wait is"
                    + " pollInterval after a failure, and twice as long after each further one, until a batch succeeds")
    private long maximumRedeliveryDelay = 30_000;

    @UriParam(
            label = "consumer",
            defaultValue = "true",
            description = "Whether to stand by while another process, or another route, reads the queue as the same"
                    + " consumer, and to take over when that ends. For this a session of the database is held, which a"
                    + " pooler with transaction pooling does not allow")
    private boolean exclusive = true;

    @UriParam(
            label = "consumer",
            defaultValue = "0",
            description = "How often an event whose exchange has failed is put into the retry queue, so that the others"
                    + " of its batch are processed and it is delivered again in a later batch. Needs"
                    + " exchangePer=event")
    private int maximumRetries;

    @UriParam(
            label = "consumer",
            defaultValue = "60000",
            javaType = "java.time.Duration",
            description = "How long such an event stays in the retry queue, at least; in full seconds")
    private long retryDelay = 60_000;

    @UriParam(
            label = "consumer",
            description =
                    "A queue of the same database into which an event is inserted whose exchange has failed, after"
                            + " maximumRetries; the others of its batch are processed. Without this option the batch fails."
                            + " Needs exchangePer=event")
    private String deadLetterQueue;

    @UriParam(
            label = "consumer",
            defaultValue = "false",
            description =
                    "Whether an event whose exchange has failed is parked, after maximumRetries: it stays in the retry queue"
                            + " until it is retried or discarded by a command (pgqadm failed, retry, discard); the others of"
                            + " its batch are processed. Needs exchangePer=event, and no deadLetterQueue")
    private boolean parkFailedEvents;

    @UriParam(
            label = "consumer,advanced",
            description =
                    "Returns the last tick that a batch may include, so that the consumer can be paused exactly at a"
                            + " tick: it is called before each batch from the time when a route sets the header"
                            + " CamelPgqLastTickId until it returns that there is no limit")
    private TickLimit tickLimit;

    public PgqEndpoint(String uri, PgqComponent component) {
        super(uri, component);
        // the consumer itself waits for the notification of a tick; the scheduler only calls it again
        setGreedy(true);
        setInitialDelay(0);
        setDelay(1);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        if (consumer == null || consumer.isBlank()) {
            throw new IllegalArgumentException("a route from pgq:" + queue + " needs ?consumer=NAME");
        }
        if (exchangePer != ExchangePer.EVENT && (maximumRetries > 0 || deadLetterQueue != null || parkFailedEvents)) {
            throw new IllegalArgumentException("pgq:" + queue + ": maximumRetries, deadLetterQueue and parkFailedEvents"
                    + " are for single events: they need exchangePer=event");
        }
        if (deadLetterQueue != null && parkFailedEvents) {
            throw new IllegalArgumentException(
                    "pgq:" + queue
                            + ": an event that has failed is either parked or moved to the deadLetterQueue: set only one of both");
        }
        PgqConsumer created = new PgqConsumer(this, processor);
        configureConsumer(created);
        return created;
    }

    @Override
    public Producer createProducer() {
        return new PgqProducer(this);
    }

    PgqClient client() {
        if (dataSource == null) {
            throw new IllegalArgumentException("pgq:" + queue + " has no database: set dataSource");
        }
        return new PgqClient(dataSource, fetchSize);
    }

    public String getQueue() {
        return queue;
    }

    public void setQueue(String queue) {
        this.queue = queue;
    }

    public String getConsumer() {
        return consumer;
    }

    public void setConsumer(String consumer) {
        this.consumer = consumer;
    }

    public DataSource getDataSource() {
        return dataSource;
    }

    public void setDataSource(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    public boolean isRegister() {
        return register;
    }

    public void setRegister(boolean register) {
        this.register = register;
    }

    public long getMaxEvents() {
        return maxEvents;
    }

    public void setMaxEvents(long maxEvents) {
        this.maxEvents = maxEvents;
    }

    public int getFetchSize() {
        return fetchSize;
    }

    public void setFetchSize(int fetchSize) {
        this.fetchSize = fetchSize;
    }

    public TickLimit getTickLimit() {
        return tickLimit;
    }

    public void setTickLimit(TickLimit tickLimit) {
        this.tickLimit = tickLimit;
    }

    public long getPollInterval() {
        return pollInterval;
    }

    public void setPollInterval(long pollInterval) {
        this.pollInterval = pollInterval;
    }

    public ExchangePer getExchangePer() {
        return exchangePer;
    }

    public void setExchangePer(ExchangePer exchangePer) {
        this.exchangePer = exchangePer;
    }

    public long getMaximumRedeliveryDelay() {
        return maximumRedeliveryDelay;
    }

    public void setMaximumRedeliveryDelay(long maximumRedeliveryDelay) {
        this.maximumRedeliveryDelay = maximumRedeliveryDelay;
    }

    public boolean isExclusive() {
        return exclusive;
    }

    public void setExclusive(boolean exclusive) {
        this.exclusive = exclusive;
    }

    public int getMaximumRetries() {
        return maximumRetries;
    }

    public void setMaximumRetries(int maximumRetries) {
        this.maximumRetries = maximumRetries;
    }

    public long getRetryDelay() {
        return retryDelay;
    }

    public void setRetryDelay(long retryDelay) {
        this.retryDelay = retryDelay;
    }

    public String getDeadLetterQueue() {
        return deadLetterQueue;
    }

    public void setDeadLetterQueue(String deadLetterQueue) {
        this.deadLetterQueue = deadLetterQueue;
    }

    public boolean isParkFailedEvents() {
        return parkFailedEvents;
    }

    public void setParkFailedEvents(boolean parkFailedEvents) {
        this.parkFailedEvents = parkFailedEvents;
    }
}
