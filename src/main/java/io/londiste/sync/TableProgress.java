package io.londiste.sync;

/**
 * Reports to a {@link WorkListener} how far one piece of work on one table is, whose number of rows is an estimate. Safe
 * for use by several threads.
 */
public final class TableProgress {
    private final WorkListener listener;
    private final long rows;
    private long reported;

    /** @param rows the estimate, which the listener knows already */
    public TableProgress(WorkListener listener, long rows) {
        this.listener = listener;
        this.rows = rows;
    }

    /** Announces further work to the same listener. */
    public TableProgress more(long moreRows) {
        listener.begin(moreRows);
        return new TableProgress(listener, moreRows);
    }

    /** @param part how much of the work is done, from 0 to 1 */
    public void reach(double part) {
        reach((long) (rows * part));
    }

    /** @param done how many rows are done altogether */
    public synchronized void reach(long done) {
        long now = Math.min(done, rows);
        if (now > reported) {
            listener.done(now - reported);
            reported = now;
        }
    }

    /** The work has ended, whatever its result is. */
    public void end() {
        reach(rows);
    }
}
