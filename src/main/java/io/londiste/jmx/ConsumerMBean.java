package io.londiste.jmx;

/** {@code io.londiste:type=Consumer,job=…,queue=…,name=…}; null means unknown. */
@Describe("A consumer of a queue")
public interface ConsumerMBean {
    @Describe("Name of the consumer")
    String getName();

    @Describe("Name of the queue")
    String getQueue();

    @Describe(
            "Whether the figures cannot be renewed, because the database does not respond; those that change are null then")
    boolean isStale();

    @Describe("Age of the last tick that it has processed, in seconds")
    Double getLagSeconds();

    @Describe("Time since it last opened or finished a batch, in seconds")
    Double getLastSeenSeconds();

    @Describe("The last tick that it has processed")
    Long getLastTick();

    @Describe("Approximate number of events between that and the queue's last tick")
    Long getPendingEvents();

    @Describe("The consumer of the job whose copy of a table uses this one and removes it; empty if there is none")
    String getCopyOf();

    @Describe("Unregister it; events that it has not read are no longer kept for it (pgqadm unregister)")
    String[] unregister();
}
