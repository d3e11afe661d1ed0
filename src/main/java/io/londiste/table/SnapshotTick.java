package io.londiste.table;

import io.londiste.db.Jdbc;
import io.londiste.pgq.PgqClient;
import io.londiste.pgq.Tick;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A tick, and the name under which other transactions import its snapshot: they see the provider exactly as of that
 * tick.
 *
 * @param tick the tick's id
 * @param mark identifies the tick beyond its number
 * @param snapshot valid while the transaction that made the tick is open
 */
public record SnapshotTick(long tick, String mark, String snapshot) {
    /**
     * Makes the snapshot of a transaction a tick, which the consumers of the queue see when the transaction commits. No
     * other tick is made until then.
     *
     * @param transaction on the provider, REPEATABLE READ, in which nothing has been read yet
     */
    public static SnapshotTick make(Connection transaction, String queue) throws SQLException {
        PgqClient.lockTicks(transaction);
        record Made(long tick, String snapshot) {}
        Made made = Jdbc.only(
                transaction,
                "select tick_id, snapshot_name from londiste.snapshot_tick(?)",
                row -> new Made(row.getLong(1), row.getString(2)),
                queue);
        String mark =
                PgqClient.tick(transaction, queue, made.tick).map(Tick::mark).orElse(null);
        return new SnapshotTick(made.tick, mark, made.snapshot);
    }

    /**
     * Imports the tick's snapshot into a REPEATABLE READ transaction of the provider in which nothing has been read
     * yet.
     */
    public void importInto(Connection transaction) throws SQLException {
        Jdbc.execute(transaction, "set transaction snapshot '" + snapshot + "'");
    }
}
