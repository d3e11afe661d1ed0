package io.londiste.jmx;

/** {@code io.londiste:type=Ticker,job=…}: a ticker that is a process of its own. */
@Describe("The ticker, which makes batches of what was written to the queues of a database, and pgqadm's commands")
public interface TickerProcessMBean extends TickerMBean {
    @Describe("Read INI file and routes anew (pgqadm -r)")
    void reload();

    @Describe("End the process (pgqadm -s)")
    void stop();

    @Describe("End the process at once (pgqadm -k)")
    void kill();
}
