package io.londiste.script;

import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;

/** The scripts of a queue that a side has recorded. */
public final class RecordedScripts {
    private static final String PROVIDER =
            "select script_name, 'executed', executed from londiste.provider_script where queue_name = ? order by executed, script_name";

    private static final String SUBSCRIBER =
            "select script_name, outcome, recorded from londiste.subscriber_script where queue_name = ? order by recorded, script_name";

    private RecordedScripts() {}

    /** Those of the provider, in the order in which they were executed. */
    public static List<RecordedScript> ofProvider(Database provider, String queue) {
        return list(provider, PROVIDER, queue);
    }

    /** Those of the subscriber, in the order in which they were recorded. */
    public static List<RecordedScript> ofSubscriber(Database subscriber, String queue) {
        return list(subscriber, SUBSCRIBER, queue);
    }

    private static List<RecordedScript> list(Database database, String query, String queue) {
        return database.rows(
                query,
                row -> new RecordedScript(
                        row.getString(1),
                        row.getString(2),
                        row.getObject(3, OffsetDateTime.class).toInstant()),
                queue);
    }

    /** Records what was done with a script on the subscriber; returns whether it was not recorded before. */
    public static boolean record(Connection transaction, String queue, String name, String outcome)
            throws SQLException {
        return Jdbc.only(
                transaction,
                "select londiste.subscriber_record_script(?, ?, ?)",
                row -> row.getBoolean(1),
                queue,
                name,
                outcome);
    }
}
