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

    /** The work begins, on about so many rows of the provider in all. */
    void begin(long rows);

    /** A table of about so many rows is done. */
    void done(long rows);
}
