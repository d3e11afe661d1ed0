package io.londiste.jmx;

import java.util.Date;
import javax.management.openmbean.CompositeData;

/**
 * {@code io.londiste:type=Table,job=…,name=…}. Counters start at zero when the routes are started; null means
 * unknown.
 */
@Describe("A subscribed table")
public interface TableMBean {
    @Describe("Name of the table with its schema")
    String getName();

    @Describe("NEW, in-copy, catching-up, wanna-sync:TICK, do-sync:TICK or ok")
    String getState();

    @Describe("Whether its state cannot be renewed, because the subscriber does not respond")
    boolean isStale();

    @Describe("Why it is stopped; empty if it is not")
    String getReason();

    @Describe(
            "Age of the state that it has reached, in seconds: the replay's lag while it is ok, that of its copy while that"
                    + " catches up; null if unknown")
    Double getLagSeconds();

    @Describe("Step of its last copy: rows, indexes or done; empty if there was none")
    String getCopyStep();

    @Describe("Rows copied so far")
    Long getCopiedRows();

    @Describe("Approximate number of rows to copy")
    Long getCopyTotalRows();

    @Describe("Bytes copied so far, in the text format of COPY")
    Long getCopiedBytes();

    @Describe("Progress of the copy, from 0 to 1; -1 if there is none")
    double getCopyProgress();

    @Describe("Inserts applied")
    long getInserts();

    @Describe("Updates applied")
    long getUpdates();

    @Describe("Deletes applied")
    long getDeletes();

    @Describe("Truncates applied")
    long getTruncates();

    @Describe("Updates and deletes that found no row, and inserts that found an existing one")
    long getUnexpectedRows();

    @Describe("The last error of this table; empty if there was none")
    String getLastError();

    @Describe("When that error occurred")
    Date getLastErrorTime();

    @Describe("When the last change was applied to it")
    Date getLastChange();

    @Describe("Whether only the replay may change it")
    boolean isWritesDenied();

    @Describe("What it is replicated as: condition, columns, expressions; empty: all rows and columns as they are")
    String getReplicatedAs();

    @Describe("The last comparison with the provider: time, outcome, providerRows, subscriberRows, missing, extra,"
            + " different, note; null if there was none")
    CompositeData getLastComparison();

    @Describe("Copy it again (subscriber resync)")
    String[] resync();

    @Describe("Try it again at once if it is stopped (subscriber retry)")
    String[] retry();

    @Describe("Unregister it (subscriber remove)")
    String[] remove();

    @Describe(
            "Restore all of its saved triggers; from then on they also fire for rows that the replay writes (subscriber"
                    + " restore-triggers)")
    String[] restoreTriggers();

    @Describe("Save and drop its triggers, so that they do not fire for rows that the replay writes (subscriber"
            + " save-triggers)")
    String[] saveTriggers();

    @Describe("Compare it with the provider's in the background; returns the name of the MBean with the results")
    String compare();

    @Describe(
            "Write the statements that repair it to fix.<job>.<schema>.<table>.sql in the daemon's working directory, in"
                    + " the background; returns the name of the MBean with the results")
    String repair(
            @Describe("Execute the statements, too, while the replay is paused") boolean apply,
            @Describe("With apply: also undo what route files do to rows on their way to the subscriber")
                    boolean force);
}
