package io.londiste.jmx;

import java.util.Date;
import javax.management.openmbean.CompositeData;

/** {@code io.londiste:type=Comparison,job=…,id=…}; null means unknown (yet). */
@Describe("A comparison with the provider, or a repair, that was started by an MBean; four run at the same time,"
        + " others wait for their turn; the last 20 that have ended are kept")
public interface ComparisonMBean {
    @Describe("Its number, from 1")
    long getId();

    @Describe("compare or repair")
    String getKind();

    @Describe("queued, running, done, failed or cancelled")
    String getState();

    @Describe("When it was requested")
    Date getRequested();

    @Describe("When it was started; null while it is queued")
    Date getStarted();

    @Describe("When it ended")
    Date getEnded();

    @Describe("Approximate number of the provider's rows compared so far")
    long getRows();

    @Describe("Approximate number of the provider's rows to compare")
    long getTotalRows();

    @Describe("Progress, from 0 to 1")
    double getProgress();

    @Describe("Why it failed; empty if it did not")
    String getError();

    @Describe("The results so far, one for each table: table, outcome, providerRows, subscriberRows, missing, extra,"
            + " different, statements, file, applied, keptRows (of those that differ, see differingRows), note")
    CompositeData[] getResults();

    @Describe(
            "A part of the rows that the comparison has found to differ in a table, as CSV: text, next (where the next part"
                    + " begins), size. Each line has what it is (missing, extra, different), the side and the values; at most 256 MiB are"
                    + " kept")
    @ForOperators
    CompositeData differingRows(
            @Describe("Name of the table, as in the results") String table,
            @Describe("Where the part begins, in bytes") long from,
            @Describe("Its largest size, from 1024 to 1048576 bytes") int length);

    @Describe(
            "A part of the statements that the repair has written for a table: text, next (where the next part begins), size")
    @ForOperators
    CompositeData statements(
            @Describe("Name of the table, as in the results") String table,
            @Describe("Where the part begins, in bytes") long from,
            @Describe("Its largest size, from 1024 to 1048576 bytes") int length);

    @Describe("Cancel it; the results so far are kept")
    void cancel();

    @Describe("Remove this MBean; only possible once the comparison has ended")
    void forget();
}
