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
 * <p>As a consumer it makes one exchange of each batch. When the exchange succeeds the batch is finished; when it fails
 * the batch stays open and comes again, the same events in the same order, until it succeeds.
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

    @UriParam(label = "consumer", description = "The name under which the queue remembers how far this reader has come")
    private String consumer;

    @UriParam(description = "The database with the queue; without it the component's, or the only one in the registry")
    private DataSource dataSource;

    @UriParam(
            label = "consumer",
            defaultValue = "true",
            description = "Whether to register the consumer on the queue when the route starts. A new one begins with"
                    + " what is committed from then on. One that is unregistered while the route runs is not registered"
                    + " again until the next start: its polls fail")
    private boolean register = true;

    @UriParam(
            label = "consumer",
            defaultValue = "10000",
            description = "Up to how many events a reader that lags takes as one batch. A batch is never less than what"
                    + " lies between two ticks, however much that is; 0 takes the ticks one by one")
    private long maxEvents = 10_000;

    @UriParam(
            label = "consumer",
            defaultValue = "1000",
            description = "How many events are held in memory at a time while a batch is read")
    private int fetchSize = 1_000;

    @UriParam(
            label = "consumer",
            defaultValue = "1000",
            javaType = "java.time.Duration",
            description = "How long to wait for word of a new tick before asking for a batch again anyway, and after a"
                    + " failure")
    private long pollInterval = 1_000;

    @UriParam(
            label = "consumer,advanced",
            description = "Says up to which tick batches may go, for whoever has to see this reader stand still at one")
    private TickLimit tickLimit;

    public PgqEndpoint(String uri, PgqComponent component) {
        super(uri, component);
        // the consumer waits by itself until a tick is announced; the scheduler only has to call it again
        setGreedy(true);
        setInitialDelay(0);
        setDelay(1);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        if (consumer == null || consumer.isBlank()) {
            throw new IllegalArgumentException("a route from pgq:" + queue + " needs ?consumer=NAME");
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
}
