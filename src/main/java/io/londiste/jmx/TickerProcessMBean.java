package io.londiste.jmx;

/** {@code io.londiste:type=Ticker,job=…}: a ticker that is a process of its own. */
@Describe("The ticker, which divides the events of the queues of a database into batches, and pgqadm's commands")
public interface TickerProcessMBean extends TickerMBean {
    @Describe("Read INI file and routes again (pgqadm -r)")
    void reload();

    @Describe("End the process (pgqadm -s)")
    void stop();

    @Describe("End the process at once (pgqadm -k)")
    void kill();
}
