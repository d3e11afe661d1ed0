package io.londiste.jmx;

import java.util.Date;
import javax.management.openmbean.CompositeData;

/** {@code io.londiste:type=Replay,job=…}. Numbers count from when the routes were started; null is not known (yet). */
@Describe("The replay of a job: brings batch after batch from the queue to the subscriber")
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

    @Describe("What stands in the way and what to do; empty if nothing does")
    String getError();

    @Describe("The last errors, the latest first: time, place, message")
    CompositeData[] getRecentErrors();

    @Describe("When it got into its state")
    Date getSince();

    @Describe("Tick up to which the subscriber has all changes")
    Long getTick();

    @Describe("How old the state is that the subscriber shows, in seconds; 0 if there is nothing newer")
    Double getLagSeconds();

    @Describe("Lag from which on a notification is sent, in seconds; lag_limit in the INI file unless it is set here")
    double getLagLimitSeconds();

    void setLagLimitSeconds(double seconds);

    @Describe("Batches applied")
    long getBatches();

    @Describe("Events of these batches, those of tables that are not subscribed too")
    long getEvents();

    @Describe("Events a second, over the last minute")
    double getEventsPerSecond();

    @Describe("Events of the last batch that had any")
    long getLastBatchEvents();

    @Describe("How long the last batch that had events took, in seconds")
    double getLastBatchSeconds();

    @Describe("Version of the program")
    String getVersion();

    @Describe(
            "Let the batch finish and apply nothing until resume; tables that are being copied get as far as they can")
    void pause();

    @Describe("Go on after pause")
    void resume();

    @Describe("Read INI file and routes anew (londiste -r); what runs in the background here ends")
    void reload();

    @Describe("Let the batch finish and end the process (londiste -s)")
    void stop();

    @Describe("End the process at once (londiste -k)")
    void kill();

    @Describe("Put the consumer to the tick that the subscriber has applied, after the subscriber was put back to an"
            + " earlier state (replay --rewind); the routes stop meanwhile")
    void rewind();

    @Describe("Forget the tick that the subscriber has applied: the next batch is applied wherever it begins"
            + " (replay --reset); the routes stop meanwhile")
    void reset();
}
