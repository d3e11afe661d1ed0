package io.londiste.sync;

import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import java.sql.Connection;

/**
 * The state of one database, kept by an open transaction.
 *
 * @param holder the connection of that transaction
 * @param name the exported name by which other transactions import the state; null as long as it is not exported
 */
record Snapshot(Database database, Connection holder, String name) {
    /** The same snapshot with its exported name. */
    Snapshot export() {
        return database.call(source -> new Snapshot(
                database, holder, Jdbc.only(holder, "select pg_export_snapshot()", row -> row.getString(1))));
    }

    /** Runs work on another connection whose read-only transaction sees the same state; rolled back afterwards. */
    <T> T on(Database.Work<T> work) {
        return database.read(connection -> SnapshotTransaction.run(connection, reading -> {
            Jdbc.execute(reading, "set transaction snapshot '" + name + "'; set transaction read only");
            SnapshotTransaction.endWithClient(reading);
            return work.run(reading);
        }));
    }

    /** Releases the snapshot by ending its transaction. */
    void release() {
        database.call(source -> {
            try (holder) {
                SnapshotTransaction.end(holder);
                return null;
            }
        });
    }

    /**
     * Releases the snapshot because of an error that the caller throws; if that fails, the failure is added to the
     * error.
     */
    void release(Exception error) {
        try {
            release();
        } catch (RuntimeException e) {
            error.addSuppressed(e);
        }
    }
}
