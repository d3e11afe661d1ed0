package io.londiste.jmx;

import java.util.Date;
import javax.management.openmbean.CompositeData;

/** {@code io.londiste:type=Ticker,job=…}: the ticker inside a replay. Commands return the lines that the command line prints. */
@Describe("The ticker of the queues of a database, and pgqadm's commands")
public interface TickerMBean {
    @Describe("Name of the job")
    String getJob();

    @Describe("Its INI file, with the directory")
    String getIniFile();

    @Describe("Database with the queues")
    String getDatabase();

    @Describe("waiting (something is not installed or not reachable), standby, running, paused or stopping")
    String getState();

    @Describe("What prevents it from working and what to do; empty if nothing does")
    String getError();

    @Describe("The last errors, the latest first: time, place, message")
    CompositeData[] getRecentErrors();

    @Describe("Ticks made since the routes were started")
    long getTicks();

    @Describe("When the last of these was made; null if there is none")
    Date getLastTick();

    @Describe("Addresses of the consoles of other replays and tickers; consoles of the INI file")
    String[] getConsoles();

    @Describe("Install PgQ unless it is installed (pgqadm install)")
    String[] install();

    @Describe("The queues with their consumers (pgqadm status)")
    CompositeData[] status();

    @Describe("Create a queue (pgqadm create)")
    String[] create(@Describe("Name of the new queue") String queue);

    @Describe("Drop a queue with all its events; its consumers have to be unregistered first (pgqadm drop)")
    String[] drop(@Describe("Name of the queue") String queue);

    @Describe("Register a consumer on a queue; it receives the events written from now on (pgqadm register)")
    String[] register(@Describe("Name of the queue") String queue, @Describe("Name of the consumer") String consumer);

    @Describe(
            "Unregister a consumer from a queue; events that it has not read are no longer kept for it (pgqadm unregister)")
    String[] unregister(@Describe("Name of the queue") String queue, @Describe("Name of the consumer") String consumer);

    @Describe("The events of a queue that consumers could not process, and that wait to be retried (pgqadm failed)")
    CompositeData[] failed(
            @Describe("Name of the queue") String queue, @Describe("Name of the consumer; empty: all") String consumer);

    @Describe("Have failed events delivered to their consumer again, with the next tick (pgqadm retry)")
    String[] retry(
            @Describe("Name of the queue") String queue,
            @Describe("Name of the consumer") String consumer,
            @Describe("Numbers of the events, separated by commas or blanks") String events,
            @Describe("All failed events of the consumer, instead of numbers") boolean all);

    @Describe("Delete failed events, which their consumer will not get again (pgqadm discard)")
    String[] discard(
            @Describe("Name of the queue") String queue,
            @Describe("Name of the consumer") String consumer,
            @Describe("Numbers of the events, separated by commas or blanks") String events,
            @Describe("All failed events of the consumer, instead of numbers") boolean all);

    @Describe("The settings of all queues or of one (pgqadm config)")
    CompositeData[] config(@Describe("Name of the queue; empty: all") String queue);

    @Describe("Change a setting of a queue (pgqadm config QUEUE VAR=VALUE)")
    String[] configure(
            @Describe("Name of the queue") String queue,
            @Describe("ticker_max_count, ticker_max_lag, ticker_idle_period, ticker_paused, rotation_period or"
                            + " external_ticker")
                    String setting,
            @Describe("Its new value; times in PostgreSQL's interval syntax") String value);
}
