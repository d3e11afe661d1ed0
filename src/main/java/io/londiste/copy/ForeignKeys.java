package io.londiste.copy;

import io.londiste.Transactions;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableShapes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts back the foreign keys that were dropped for a copy, once the tables on both ends are in sync. */
public final class ForeignKeys {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignKeys.class);
    /** A key that rows break costs a look at all of them each time. */
    private static final Duration PAUSE = Duration.ofMinutes(10);

    private final String queue;
    private final DataSource subscriber;
    private final SubscribedTables tables;
    private final TableShapes shapes;
    private volatile long notBefore = System.nanoTime();

    public ForeignKeys(String queue, DataSource subscriber, SubscribedTables tables, TableShapes shapes) {
        this.queue = queue;
        this.subscriber = subscriber;
        this.tables = tables;
        this.shapes = shapes;
    }

    /** As {@link #restore}, but not soon again where something could not be restored. */
    public void restoreLeftOver() throws SQLException {
        if (System.nanoTime() - notBefore >= 0) {
            restore();
        }
    }

    /** Restores what can be restored now, between two batches: there all tables in sync are as of one tick. */
    public void restore() throws SQLException {
        if (!isPending()) {
            return; // running batches need not be waited for
        }
        boolean all = Transactions.call(subscriber, transaction -> {
            tables.lock(transaction);
            return restore(transaction);
        });
        if (!all) {
            notBefore = System.nanoTime() + PAUSE.toNanos();
        }
        shapes.forget(); // the order of tables has changed with their foreign keys
    }

    /** Returns whether the server had nothing to warn of. */
    private boolean restore(Connection transaction) throws SQLException {
        try (PreparedStatement statement =
                transaction.prepareStatement("select * from londiste.subscriber_restore_fkeys(?)")) {
            statement.setString(1, queue);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    LOG.info("foreign key {} restored", row.getString(1));
                }
            }
            for (SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
                LOG.warn("{}", w.getMessage());
            }
            return statement.getWarnings() == null;
        }
    }

    private boolean isPending() throws SQLException {
        return Transactions.call(subscriber, transaction -> {
            try (Statement statement = transaction.createStatement();
                    ResultSet row = statement.executeQuery("select from londiste.subscriber_pending_fkeys"
                            + " where londiste.fkey_is_restorable(from_table) and londiste.fkey_is_restorable(to_table)"
                            + " limit 1")) {
                return row.next();
            }
        });
    }
}
