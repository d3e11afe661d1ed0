package io.londiste.pgq;

import org.apache.camel.spi.Metadata;

/** Names of the headers that the {@code pgq} component sets and reads. */
public final class PgqConstants {
    @Metadata(label = "consumer", description = "The name of the queue", javaType = "String")
    public static final String QUEUE = "CamelPgqQueue";

    @Metadata(label = "consumer", description = "The name of the consumer", javaType = "String")
    public static final String CONSUMER = "CamelPgqConsumer";

    @Metadata(label = "consumer", description = "The number of the batch", javaType = "Long")
    public static final String BATCH_ID = "CamelPgqBatchId";

    @Metadata(label = "consumer", description = "The tick after which the batch begins", javaType = "Long")
    public static final String PREVIOUS_TICK_ID = "CamelPgqPreviousTickId";

    @Metadata(label = "consumer", description = "The tick with which the batch ends", javaType = "Long")
    public static final String TICK_ID = "CamelPgqTickId";

    @Metadata(
            label = "consumer",
            description = "When the tick with which the batch ends was created, by the server's clock",
            javaType = "java.time.OffsetDateTime")
    public static final String TICK_TIME = "CamelPgqTickTime";

    @Metadata(
            label = "consumer",
            description = "The age of the batch's last tick when the batch was opened, in milliseconds",
            javaType = "Long")
    public static final String LAG = "CamelPgqLag";

    @Metadata(
            label = "consumer",
            description =
                    "Set by a route with exchangePer=batch that cannot process the batch because it extends past this tick, and has done"
                            + " nothing with it: the batch is not finished, but opened again, and ends at this tick at the latest",
            javaType = "Long")
    public static final String LAST_TICK_ID = "CamelPgqLastTickId";

    @Metadata(
            label = "consumer",
            description = "Whether events of the exchange may have been delivered before: by this route, whose exchange"
                    + " failed, or by another process, which had the batch open when this one began to read",
            javaType = "Boolean")
    public static final String REDELIVERED = "CamelPgqRedelivered";

    @Metadata(
            label = "consumer",
            description = "How often this route has delivered the batch before, successfully or not, since its start",
            javaType = "Integer")
    public static final String REDELIVERY_COUNTER = "CamelPgqRedeliveryCounter";

    @Metadata(
            label = "consumer",
            description = "The number of the transaction that inserted the events, with exchangePer=transaction and"
                    + " exchangePer=event",
            javaType = "Long")
    public static final String TRANSACTION_ID = "CamelPgqTransactionId";

    @Metadata(label = "consumer", description = "The number of the event, with exchangePer=event", javaType = "Long")
    public static final String EVENT_ID = "CamelPgqEventId";

    @Metadata(
            label = "consumer",
            description =
                    "Set by a route with exchangePer=event that has not processed the event and does not fail: the"
                            + " event is delivered again in a later batch, after this number of seconds",
            javaType = "Integer")
    public static final String RETRY_AFTER = "CamelPgqRetryAfter";

    @Metadata(
            description = "Consumer: the type of the event, with exchangePer=event. Producer: the type of the event to"
                    + " insert, if the body is not an Event",
            javaType = "String")
    public static final String EVENT_TYPE = "CamelPgqEventType";

    @Metadata(label = "producer", description = "The first extra field of the event to insert", javaType = "String")
    public static final String EXTRA1 = "CamelPgqExtra1";

    @Metadata(label = "producer", description = "The second extra field of the event to insert", javaType = "String")
    public static final String EXTRA2 = "CamelPgqExtra2";

    @Metadata(label = "producer", description = "The third extra field of the event to insert", javaType = "String")
    public static final String EXTRA3 = "CamelPgqExtra3";

    @Metadata(label = "producer", description = "The fourth extra field of the event to insert", javaType = "String")
    public static final String EXTRA4 = "CamelPgqExtra4";

    @Metadata(
            label = "producer",
            description = "The ids of the inserted events, in their order",
            javaType = "java.util.List<Long>")
    public static final String EVENT_IDS = "CamelPgqEventIds";

    private PgqConstants() {}
}
