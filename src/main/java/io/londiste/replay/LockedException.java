package io.londiste.replay;

import static io.londiste.db.Timeouts.BATCH_LOCK;

import io.londiste.change.TableName;
import java.sql.SQLException;

/** Another session held a lock of the table, or of its rows, for longer than a batch waits. */
public final class LockedException extends TableException {
    LockedException(TableName table, SQLException cause) {
        super(table, "no lock within " + BATCH_LOCK.toSeconds() + " s", cause);
    }
}
