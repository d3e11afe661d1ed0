package io.londiste.compare;

/** Whoever shows how far the work has come. Called by several threads. */
public interface Progress {
    /** Nobody looks. */
    Progress NONE = new Progress() {
        @Override
        public void begin(long rows) {}

        @Override
        public void done(long rows) {}
    };

    /**
     * Work begins on about so many rows, beside those that were told before: first on all rows of all tables, later on
     * rows that have to be looked at one by one because something among them differs.
     */
    void begin(long rows);

    /** About so many rows more are done. In the end, as many were told here as to {@link #begin}, unless it failed. */
    void done(long rows);
}
