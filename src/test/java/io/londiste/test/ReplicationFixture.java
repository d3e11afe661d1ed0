package io.londiste.test;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A job between the two databases of the test. The test starts its replay, which is stopped after the test. */
public abstract class ReplicationFixture extends PairFixture {
    protected Job job;

    @BeforeEach
    final void createJob() {
        job = new Job(provider, subscriber);
    }

    @AfterEach
    final void closeJob() {
        job.close();
    }
}
