package io.londiste.copy;

import io.londiste.pgq.Announcements;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Waits until there may be tables to copy: some were added or are to be copied again, a copy has ended that others
 * waited for, or the pause of one that failed is over. Used by one thread; any thread may close.
 */
public final class DueTables implements AutoCloseable {
    private final Announcements announcements;
    private final Copies copies;
    private volatile boolean closed;

    /** @param subscriber the subscriber, on which one connection is kept open */
    public DueTables(String queue, DataSource subscriber, Copies copies) {
        this.announcements = new Announcements(subscriber, "londiste_table", queue);
        this.copies = copies;
    }

    /** Waits; returns true when tables may be due, and false once this is closed. */
    public boolean await() throws SQLException {
        announcements.await(copies.rest());
        return !closed;
    }

    @Override
    public void close() {
        closed = true;
        announcements.close();
    }
}
