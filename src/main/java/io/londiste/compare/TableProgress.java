package io.londiste.compare;

/**
 * Tells somebody who looks on how far a piece of work on one table has come, of which it is known only about how many rows
 * it has. Safe for use by several threads.
 */
final class TableProgress {
    private final Progress progress;
    private final long rows;
    private long told;

    /** @param rows are told already to be done some time */
    TableProgress(Progress progress, long rows) {
        this.progress = progress;
        this.rows = rows;
    }

    /** For work that nobody knew of before. */
    TableProgress more(long rows) {
        progress.begin(rows);
        return new TableProgress(progress, rows);
    }

    /** The part of the work that is done, from 0 to 1. */
    void reach(double part) {
        reach((long) (rows * part));
    }

    /** The rows that are done of all. */
    synchronized void reach(long done) {
        long now = Math.min(done, rows);
        if (now > told) {
            progress.done(now - told);
            told = now;
        }
    }

    /** All is done, whatever it was. */
    void end() {
        reach(rows);
    }
}
