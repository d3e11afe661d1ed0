package io.londiste.copy;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.db.Transactions;
import io.londiste.replay.TableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** A limit for the time that work waits for a table's lock while other sessions hold it. */
record LockWait(DataSource subscriber, Duration limit) {
    /**
     * Runs the work in the transaction.
     *
     * @param obstacle what cannot be done without the lock, for the error message
     * @throws TableException if the lock could not be acquired, naming the sessions that hold it; the work may be tried
     *     again
     */
    void run(Connection transaction, TableName table, String obstacle, Transactions.Step work) throws SQLException {
        try {
            Jdbc.execute(transaction, "set local lock_timeout = " + limit.toMillis());
            work.run(transaction);
            Jdbc.execute(transaction, "set local lock_timeout = 0");
        } catch (SQLException e) {
            if (!SqlState.isLockTimeout(e)) {
                throw e;
            }
            throw new TableException(
                    table,
                    "%s: no lock within %s s, held by %s"
                            .formatted(obstacle, limit.toMillis() / 1000.0, holders(subscriber, table)),
                    e);
        }
    }

    /** The sessions that hold locks of the table now, for messages. */
    static String holders(DataSource subscriber, TableName table) throws SQLException {
        return Transactions.call(
                subscriber,
                transaction -> Jdbc.only(
                        transaction,
                        "select londiste.lock_holders(?, true)",
                        row -> row.getString(1),
                        table.toString()));
    }
}
