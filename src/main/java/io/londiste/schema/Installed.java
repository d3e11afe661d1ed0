package io.londiste.schema;

import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.error.LondisteException;
import io.londiste.pgq.PgqClient;
import java.util.Optional;

/** Checks that a database has the schemas and the queue that a command needs; errors name the command that installs them. */
public final class Installed {
    /** The number of the last step in {@code sql/londiste/upgrade/}. */
    public static final int SCHEMA_VERSION = 10;

    private Installed() {}

    /**
     * Checks that schema {@code londiste} is installed in the version of this program.
     *
     * @throws LondisteException if it is missing, older or newer
     */
    public static void requireLondiste(Database database) {
        int version = londisteVersion(database);
        if (version < SCHEMA_VERSION) {
            throw new LondisteException(
                    database + ": schema londiste is older than this program; run: " + installation(database));
        }
        if (version > SCHEMA_VERSION) {
            throw new LondisteException(database + ": schema londiste is newer than this program (version " + version
                    + "; it knows " + SCHEMA_VERSION + "); use the program that installed it");
        }
    }

    private static int londisteVersion(Database database) {
        try {
            return database.read(
                    connection -> Jdbc.only(connection, "select londiste.version()", row -> row.getInt(1)));
        } catch (LondisteException e) {
            if (SqlState.isNoSuchSchema(e)) {
                throw new LondisteException(
                        database + ": schema londiste is not installed; run: " + installation(database), e);
            }
            if (SqlState.isNoSuchFunction(e)) {
                return 0; // the first versions did not have this function
            }
            throw e;
        }
    }

    private static String installation(Database database) {
        return "londiste " + database.file() + " " + database.role() + " install";
    }

    /**
     * Checks that schema {@code londiste} and a job's queue are installed on its provider.
     *
     * @throws LondisteException if they are not
     */
    public static void requireProvider(Database provider, String queue) {
        requireLondiste(provider);
        requireQueue(provider, queue);
    }

    /**
     * Checks that a job's queue exists.
     *
     * @throws LondisteException if it does not
     */
    public static void requireQueue(Database provider, String queue) {
        boolean exists = provider.call(source -> {
            var pgq = new PgqClient(source);
            return pgq.isInstalled() && pgq.queueExists(queue);
        });
        if (!exists) {
            throw new LondisteException(
                    provider + ": queue " + queue + " is not installed; run: " + installation(provider));
        }
    }

    /** Why the role of the database may not install a schema there, with the missing privilege; empty if it may. */
    public static Optional<String> obstacle(Database database, String schema) {
        return database.read(
                connection -> Optional.ofNullable(Schema.of(connection, schema).obstacle()));
    }

    /**
     * Checks that PgQ is installed.
     *
     * @throws LondisteException if it is not
     */
    public static void requirePgq(Database database) {
        if (!database.call(source -> new PgqClient(source).isInstalled())) {
            var command = database.role().equals("database") ? "pgqadm %s install" : "londiste %s provider install";
            throw new LondisteException(
                    database + ": pgq is not installed; run: " + command.formatted(database.file()));
        }
    }
}
