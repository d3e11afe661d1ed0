package io.londiste.sync;

/** Is informed how many rows a run has to read and how many it has read. Called by several threads. */
public interface WorkListener {
    /** Ignores everything; row counts are not even estimated then. */
    WorkListener NONE = new WorkListener() {
        @Override
        public void begin(long rows) {}

        @Override
        public void done(long rows) {}
    };

    /**
     * More work begins, in addition to what was reported before.
     *
     * @param rows an estimate: first all rows of all tables, later the rows that are read one by one because a digest
     *     among them differs
     */
    void begin(long rows);

    /**
     * More work is done.
     *
     * @param rows an estimate; unless the run fails, their sum in the end is the sum of what {@link #begin} reported
     */
    void done(long rows);
}
