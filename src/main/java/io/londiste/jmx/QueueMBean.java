package io.londiste.jmx;

/** {@code io.londiste:type=Queue,job=…,name=…}; null means unknown. */
@Describe("A queue of PgQ")
public interface QueueMBean {
    @Describe("Name of the queue")
    String getName();

    @Describe("Number of event tables used in rotation")
    long getEventTables();

    @Describe("Time after which the next event table is used, in seconds")
    double getRotationPeriodSeconds();

    @Describe("Events after which a tick is due")
    long getTickerMaxCount();

    @Describe("Time after which a tick is due if there are new events, in seconds")
    double getTickerMaxLagSeconds();

    @Describe("Time between ticks if there are none, in seconds")
    double getTickerIdlePeriodSeconds();

    @Describe("Whether the ticker makes no ticks for it, as an operator wants it")
    boolean isTickerPaused();

    @Describe("Whether another program makes its ticks, so that the ticker skips it")
    boolean isExternalTicker();

    @Describe("What is wrong with its ticker and what to do; empty if nothing is")
    String getError();

    @Describe(
            "Whether the figures cannot be renewed, because the database does not respond; those that change are null then")
    boolean isStale();

    @Describe("Time since the last tick, in seconds")
    Double getTickerLagSeconds();

    @Describe("Events per second, over the last ticks")
    Double getEventsPerSecond();

    @Describe("Approximate number of events since the last tick")
    Long getNewEvents();

    @Describe("The last tick")
    Long getLastTick();

    @Describe("Change a setting (pgqadm config QUEUE VAR=VALUE)")
    String[] configure(
            @Describe("ticker_max_count, ticker_max_lag, ticker_idle_period, ticker_paused, rotation_period or"
                            + " external_ticker")
                    String setting,
            @Describe("Its new value; times in PostgreSQL's interval syntax") String value);
}
