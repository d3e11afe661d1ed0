package io.londiste.copy;

import io.londiste.db.SqlState;
import io.londiste.db.Transactions;
import io.londiste.replay.TableException;
import io.londiste.table.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/** Work on a table that needs it locked while others may hold it for long: it waits for them no longer than so. */
record LockWait(DataSource subscriber, Duration limit) {
    /**
     * Runs the work in the transaction.
     *
     * @param obstacle what cannot be done as long as the lock is not to be had
     * @throws TableException if it was not, naming who has it; the work may be tried again
     */
    void run(Connection transaction, TableName table, String obstacle, Transactions.Step work) throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            statement.execute("set local lock_timeout = " + limit.toMillis());
            work.run(transaction);
            statement.execute("set local lock_timeout = 0");
        } catch (SQLException e) {
            if (!SqlState.isLockTimeout(e)) {
                throw e;
            }
            throw new TableException(
                    table,
                    "%s: no lock within %s s, held by %s"
                            .formatted(obstacle, limit.toMillis() / 1000.0, holders(table)),
                    e);
        }
    }

    private String holders(TableName table) throws SQLException {
        return Transactions.call(subscriber, transaction -> {
            try (PreparedStatement statement = transaction.prepareStatement("select londiste.lock_holders(?, true)")) {
                statement.setString(1, table.toString());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getString(1);
                }
            }
        });
    }
}
