package io.londiste.schema;

import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.error.LondisteException;
import io.londiste.pgq.PgqClient;
import java.util.Optional;
import java.util.regex.Pattern;

/** Checks that a database has the schemas and the queue that a command needs; errors name the command that installs them. */
public final class Installed {
    /** The number of the last step in {@code sql/londiste/upgrade/}. */
    public static final int SCHEMA_VERSION = 13;

    /** The number in {@code pgq.implementation()} of {@code sql/pgq/info.sql}. */
    public static final int PGQ_VERSION = 1;

    private static final Pattern NUMBER = Pattern.compile("\\d+");

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
            throw new LondisteException(database + ": " + newer("londiste", version, SCHEMA_VERSION));
        }
    }

    /**
     * Checks that schema {@code londiste} is not installed in another version than that of this program.
     *
     * @throws LondisteException if it is older or newer
     */
    public static void requireNoOtherVersion(Database database) {
        try {
            requireLondiste(database);
        } catch (LondisteException e) {
            if (!SqlState.isNoSuchSchema(e)) {
                throw e;
            }
        }
    }

    static String ofAnotherProgram(String database) {
        return database
                + ": schema londiste is that of another program, such as Londiste 3; stop that, and rename its schema"
                + " (ALTER SCHEMA londiste RENAME TO londiste3)";
    }

    static String newer(String schema, int version, int known) {
        return "schema " + schema + " is newer than this program (version " + version + "; it knows " + known
                + "); use the program that installed it";
    }

    static void requireKnownPgq(Database database) {
        int version = database.call(source -> new PgqClient(source).implementation());
        if (version > PGQ_VERSION) {
            throw new LondisteException(database + ": " + newer("pgq", version, PGQ_VERSION));
        }
    }

    private static int londisteVersion(Database database) {
        try {
            var version = database.read(
                    connection -> Jdbc.only(connection, "select londiste.version()", row -> row.getString(1)));
            if (!NUMBER.matcher(version).matches()) {
                throw new LondisteException(ofAnotherProgram(database.toString()));
            }
            return Integer.parseInt(version);
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
     * Checks that a job's queue exists, in a PgQ that this program knows.
     *
     * @throws LondisteException if it does not
     */
    public static void requireQueue(Database provider, String queue) {
        requireKnownPgq(provider);
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
     * Checks that PgQ is installed, the original or ours in a version that this program knows.
     *
     * @throws LondisteException if it is missing or newer
     */
    public static void requirePgq(Database database) {
        if (!database.call(source -> new PgqClient(source).isInstalled())) {
            var command = database.role().equals("database") ? "pgqadm %s install" : "londiste %s provider install";
            throw new LondisteException(
                    database + ": pgq is not installed; run: " + command.formatted(database.file()));
        }
        requireKnownPgq(database);
    }
}
