package io.londiste.jmx;

/** {@code io.londiste:type=Ticker,job=…}: a ticker in its own process. */
@Describe("The ticker of the queues of a database, and pgqadm's commands")
public interface TickerProcessMBean extends TickerMBean {
    @Describe("Read the INI file and the routes again (pgqadm -r)")
    void reload();

    @Describe("End the process (pgqadm -s)")
    void stop();

    @Describe("End the process at once (pgqadm -k)")
    void kill();
}
