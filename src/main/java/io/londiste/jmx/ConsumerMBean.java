package io.londiste.jmx;

/** {@code io.londiste:type=Consumer,job=…,queue=…,name=…}; null is not known. */
@Describe("A consumer of a queue, which stores its position")
public interface ConsumerMBean {
    @Describe("Name of the consumer")
    String getName();

    @Describe("Name of the queue")
    String getQueue();

    @Describe("Age of the tick that it has reached, in seconds")
    Double getLagSeconds();

    @Describe("Time since it last opened or finished a batch, in seconds")
    Double getLastSeenSeconds();

    @Describe("The tick that it has reached")
    Long getLastTick();

    @Describe("Approximate number of events between that and the queue's last tick")
    Long getPendingEvents();

    @Describe(
            "The consumer of the job whose copy of a table this one belongs to, which removes it; empty if it is none's")
    String getCopyOf();

    @Describe("Unregister it; events that it has not read are not kept for it (pgqadm unregister)")
    String[] unregister();
}
