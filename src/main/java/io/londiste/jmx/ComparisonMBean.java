package io.londiste.jmx;

import java.util.Date;
import javax.management.openmbean.CompositeData;

/** {@code io.londiste:type=Comparison,job=…,id=…}; null is not known (yet). */
@Describe("A comparison with the provider, or a repair, that was asked for here; the last 20 are kept")
public interface ComparisonMBean {
    @Describe("Its number, from 1")
    long getId();

    @Describe("compare or repair")
    String getKind();

    @Describe("running, done, failed or cancelled")
    String getState();

    @Describe("When it was begun")
    Date getStarted();

    @Describe("When it ended")
    Date getEnded();

    @Describe("Rows of the provider that are compared, about")
    long getRows();

    @Describe("Rows of the provider that there are to compare, about")
    long getTotalRows();

    @Describe("How much is done, from 0 to 1")
    double getProgress();

    @Describe("Why it failed; empty if it did not")
    String getError();

    @Describe("What came out so far, a table each: table, outcome, providerRows, subscriberRows, missing, extra,"
            + " different, statements, file, applied, note")
    CompositeData[] getResults();

    @Describe("End it; what it has found so far stays")
    void cancel();

    @Describe("Take this MBean away; only once it has ended")
    void forget();
}
