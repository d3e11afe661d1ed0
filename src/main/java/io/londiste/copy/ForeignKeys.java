package io.londiste.copy;

import io.londiste.Transactions;
import io.londiste.table.SubscribedTables;
import io.londiste.table.TableShapes;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts back the foreign keys that were dropped for a copy, once the tables on both ends are in sync. */
public final class ForeignKeys {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignKeys.class);

    private final String queue;
    private final DataSource subscriber;
    private final SubscribedTables tables;
    private final TableShapes shapes;

    public ForeignKeys(String queue, DataSource subscriber, SubscribedTables tables, TableShapes shapes) {
        this.queue = queue;
        this.subscriber = subscriber;
        this.tables = tables;
        this.shapes = shapes;
    }

    /** Restores what can be restored now, between two batches: there all tables in sync are as of one tick. */
    public void restore() throws SQLException {
        if (!isPending()) {
            return; // running batches need not be waited for
        }
        Transactions.run(subscriber, transaction -> {
            tables.lock(transaction);
            try (PreparedStatement statement =
                    transaction.prepareStatement("select * from londiste.subscriber_restore_fkeys(?)")) {
                statement.setString(1, queue);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        LOG.info("foreign key {} restored", row.getString(1));
                    }
                }
            }
        });
        shapes.forget(); // the order of tables has changed with their foreign keys
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
