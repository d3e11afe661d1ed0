package io.londiste.jmx;

import java.util.Date;
import javax.management.openmbean.CompositeData;

/** {@code io.londiste:type=Replay,job=…}. Numbers count from when the routes were started; null is not known (yet). */
@Describe("The replay of a job, which applies the batches of the queue to the subscriber")
public interface ReplayMBean {
    @Describe("Name of the job")
    String getJob();

    @Describe("Queue on the provider that carries the changes")
    String getQueue();

    @Describe("Name under which the replay reads the queue")
    String getConsumer();

    @Describe("waiting (something is not installed or not reachable), standby (another process does the job), running,"
            + " paused or stopping")
    String getState();

    @Describe("The current problem and what to do; empty if there is none")
    String getError();

    @Describe("The last errors, the latest first: time, place, message")
    CompositeData[] getRecentErrors();

    @Describe("When it entered its state")
    Date getSince();

    @Describe("Tick up to which the subscriber has all changes")
    Long getTick();

    @Describe("Age of the state that the subscriber shows, in seconds; 0 if there is nothing newer")
    Double getLagSeconds();

    @Describe("Lag above which a notification is sent, in seconds; lag_limit in the INI file unless it is set here")
    double getLagLimitSeconds();

    void setLagLimitSeconds(double seconds);

    @Describe("Batches applied")
    long getBatches();

    @Describe("Events of these batches, including those of tables that are not subscribed")
    long getEvents();

    @Describe("Events per second, over the last minute")
    double getEventsPerSecond();

    @Describe("Events of the last batch that had any")
    long getLastBatchEvents();

    @Describe("Duration of the last batch that had events, in seconds")
    double getLastBatchSeconds();

    @Describe("Version of the program")
    String getVersion();

    @Describe("Finish the current batch and apply nothing until resume; copies continue as far as they can")
    void pause();

    @Describe("Continue after a pause")
    void resume();

    @Describe("Read INI file and routes again (londiste -r); comparisons and repairs in the background are cancelled")
    void reload();

    @Describe("Finish the current batch and end the process (londiste -s)")
    void stop();

    @Describe("End the process at once (londiste -k)")
    void kill();

    @Describe("Move the consumer to the tick that the subscriber has applied, for a subscriber that was restored to an"
            + " earlier state (replay --rewind); the routes stop meanwhile")
    void rewind();

    @Describe("Forget the tick that the subscriber has applied: the next batch is applied wherever it begins"
            + " (replay --reset); the routes stop meanwhile")
    void reset();
}
