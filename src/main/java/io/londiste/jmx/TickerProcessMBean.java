package io.londiste.jmx;

import javax.management.openmbean.CompositeData;

/** {@code io.londiste:type=Ticker,job=…}: a ticker in its own process. */
@Describe("The ticker of the queues of a database, and pgqadm's commands")
public interface TickerProcessMBean extends TickerMBean {
    @Describe(
            "Whether the database has what the ticker needs, and what is missing with what to do: side, topic, level (ok,"
                    + " warning or problem), text (pgqadm check)")
    CompositeData[] check();

    @Describe("Read the INI file and the routes again (pgqadm -r)")
    void reload();

    @Describe("End the process (pgqadm -s)")
    void stop();

    @Describe("End the process at once (pgqadm -k)")
    void kill();
}
