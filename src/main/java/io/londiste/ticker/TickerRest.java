package io.londiste.ticker;

import io.londiste.db.Jdbc;
import io.londiste.pgq.Announcements;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * The ticker's wait between two checks of the queues. While they are quiet, they are marked as asleep, and the first
 * change ends the wait by a notification. A transaction that read the mark before it was set does not notify, nor do
 * writers of the original PgQ: so the ticker checks without a notification, too, at the pace of {@link TickerPace}.
 * One thread waits; any thread may close.
 */
public final class TickerRest implements AutoCloseable {
    /** What our own PgQ has; the original does not. */
    private static final String SLEEP = "pgq.sleep_queues()";

    private final DataSource provider;
    private final Duration longest;
    private final Duration longestIfWoken;
    private final Announcements wakes;
    private TickerPace pace;
    private long began = System.nanoTime();
    private boolean woken;

    /**
     * @param provider one of its connections is held from the first wait until {@link #close}
     * @param longest the longest wait if writers do not notify
     * @param longestIfWoken the longest wait if they do; it matters for those transactions that do not
     */
    public TickerRest(DataSource provider, Duration longest, Duration longestIfWoken) {
        this.provider = provider;
        this.longest = longest;
        this.longestIfWoken = longestIfWoken;
        this.wakes = new Announcements(provider, "pgq_wake", "");
    }

    /**
     * Waits. To be called right after each check.
     *
     * @param ticked the number of queues that got a tick in this check
     */
    public void rest(long ticked) throws SQLException {
        var check = Duration.ofNanos(System.nanoTime() - began);
        if (pace == null) {
            woken = hasSleep();
            pace = new TickerPace(woken ? longestIfWoken : longest, woken);
        }
        long wait = pace.rest(ticked, check);
        if (woken && pace.isQuiet()) {
            sleep(); // each time, since ticks of others end the sleep as well
        }
        wakes.await(Duration.ofMillis(wait));
        began = System.nanoTime();
    }

    private boolean hasSleep() throws SQLException {
        try (Connection connection = provider.getConnection()) {
            return Jdbc.only(
                    connection,
                    "select coalesce(has_function_privilege(to_regprocedure(?), 'execute'), false)",
                    row -> row.getBoolean(1),
                    SLEEP);
        }
    }

    private void sleep() throws SQLException {
        try (Connection connection = provider.getConnection()) {
            Jdbc.execute(connection, "select " + SLEEP);
        }
    }

    @Override
    public void close() {
        wakes.close();
    }
}
