package io.londiste.jmx;

import java.util.Date;
import javax.management.openmbean.CompositeData;

/** {@code io.londiste:type=Replay,job=…}. Counters start at zero when the routes are started; null means unknown (yet). */
@Describe("The replay of a job, which applies batches of events from the queue to the subscriber")
public interface ReplayMBean {
    @Describe("Name of the job")
    String getJob();

    @Describe("Its INI file, with the directory")
    String getIniFile();

    @Describe("Queue on the provider that carries the changes")
    String getQueue();

    @Describe("Name under which the replay reads the queue")
    String getConsumer();

    @Describe(
            "waiting (something is not installed or not reachable), standby (another process is doing the job), running,"
                    + " paused or stopping")
    String getState();

    @Describe("What prevents it from working and what to do; empty if nothing does")
    String getError();

    @Describe("The last errors, the latest first: time, place, message")
    CompositeData[] getRecentErrors();

    @Describe("When it entered its state")
    Date getSince();

    @Describe("The last tick that the subscriber has applied")
    Long getTick();

    @Describe(
            "Age of the state that the subscriber has reached, in seconds; 0 if there is nothing newer; counted from the last known tick while the provider does not respond")
    Double getLagSeconds();

    @Describe("Lag above which a notification is sent, in seconds; lag_limit of the INI file unless it is set here")
    double getLagLimitSeconds();

    void setLagLimitSeconds(double seconds);

    @Describe("Batches applied")
    long getBatches();

    @Describe("Events of these batches, including those of tables that are not subscribed")
    long getEvents();

    @Describe("Events per second, over the last minute")
    double getEventsPerSecond();

    @Describe("Events of the last batch that was not empty")
    long getLastBatchEvents();

    @Describe("Duration of the last batch that was not empty, in seconds")
    double getLastBatchSeconds();

    @Describe(
            "The last six hours, one sample every 15 seconds or less often, the oldest first: time, lagSeconds, eventsPerSecond"
                    + " (average of the minute before), inSync, inProgress and stopped (numbers of tables); null means unknown; empty"
                    + " after a restart of the process")
    CompositeData[] history();

    @Describe("Addresses of the consoles of other replays and tickers; consoles of the INI file")
    String[] getConsoles();

    @Describe(
            "Whether all is well with the job, problems with what to do, and the figures that show it (londiste status)")
    CompositeData status();

    @Describe(
            "Whether both databases have what the job needs, and what is missing with what to do: side, topic, level (ok,"
                    + " warning or problem), text (londiste check)")
    CompositeData[] check();

    @Describe("Version of the program")
    String getVersion();

    @Describe("Finish the current batch and apply no more until resume; running copies continue as far as they can")
    void pause();

    @Describe("Resume after pause")
    void resume();

    @Describe(
            "Read the INI file and the routes again (londiste -r); cancels running comparisons and repairs of the MBeans")
    void reload();

    @Describe("Finish the current batch and end the process (londiste -s)")
    void stop();

    @Describe("End the process at once (londiste -k)")
    void kill();

    @Describe("Move the consumer back to the tick that the subscriber has applied, after restoring the subscriber to an"
            + " earlier state (replay --rewind); restarts the routes")
    void rewind();

    @Describe("Forget the tick that the subscriber has applied: the next batch is applied wherever it begins"
            + " (replay --reset); restarts the routes")
    void reset();
}
