package io.londiste.jmx;

import java.util.Date;
import javax.management.openmbean.CompositeData;

/**
 * {@code io.londiste:type=Table,job=…,name=…}. Numbers of events count from when the routes were started; null is not
 * known.
 */
@Describe("A subscribed table")
public interface TableMBean {
    @Describe("Name of the table with its schema")
    String getName();

    @Describe("NEW, in-copy, catching-up, wanna-sync:TICK, do-sync:TICK or ok")
    String getState();

    @Describe("Why it does not go on; empty if it does")
    String getReason();

    @Describe("What its last copy is at: rows, indexes or done; empty if there was none")
    String getCopyStep();

    @Describe("Rows copied so far")
    Long getCopiedRows();

    @Describe("About how many rows there are to copy")
    Long getCopyTotalRows();

    @Describe("Bytes copied so far, as the text of COPY")
    Long getCopiedBytes();

    @Describe("How much of the copy is done, from 0 to 1; -1 if there is none")
    double getCopyProgress();

    @Describe("Inserts applied")
    long getInserts();

    @Describe("Updates applied")
    long getUpdates();

    @Describe("Deletes applied")
    long getDeletes();

    @Describe("Truncates applied")
    long getTruncates();

    @Describe("Updates and deletes that met no row, and inserts that met one")
    long getUnexpectedRows();

    @Describe("The last thing that went wrong with it; empty if nothing did")
    String getLastError();

    @Describe("When that was")
    Date getLastErrorTime();

    @Describe("When a change was last applied to it")
    Date getLastChange();

    @Describe("Whether nobody but the replay may change it")
    boolean isWritesDenied();

    @Describe("The last comparison with the provider: time, outcome, providerRows, subscriberRows, missing, extra,"
            + " different, note; null if there was none")
    CompositeData getLastComparison();

    @Describe("Have it copied anew (subscriber resync)")
    String[] resync();

    @Describe("Unregister it (subscriber remove)")
    String[] remove();

    @Describe("Restore all of its pending triggers (subscriber restore-triggers)")
    String[] restoreTriggers();

    @Describe("Compare it with the provider's in the background; returns the name of the MBean with the results")
    String compare();

    @Describe("Make the statements that mend it, in the background; returns the name of the MBean with the results")
    String repair(@Describe("Run the statements, too, while the replay stands still") boolean apply);
}
