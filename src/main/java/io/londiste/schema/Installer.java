package io.londiste.schema;

import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.db.Transactions;
import io.londiste.error.LondisteException;
import io.londiste.pgq.PgqClient;
import io.londiste.pgq.PgqSchema;
import io.londiste.table.ReplayLock;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Matcher;
import javax.sql.DataSource;

/**
 * Installs or upgrades the schemas in a database. It needs no superuser, only the privilege to create a schema. Each call
 * is one transaction, which either completes or changes nothing. Installing again changes nothing. Concurrent installers
 * wait for each other.
 */
public final class Installer {
    /** How long an installation waits for each table whose triggers it drops. */
    private static final String LOCK_TIMEOUT = "10s";

    private static final String FOREIGN_CAPTURE = """
            pg_catalog.pg_proc p
            where p.pronamespace = 'londiste'::regnamespace and p.proname ~ '^capture_[0-9]+(_replica)?$'
              and not exists (select from londiste.provider_table t where t.nr = pg_catalog.substring(p.proname, '[0-9]+')::bigint)
            """;

    private static final String FOREIGN_CAPTURE_TABLES =
            "select distinct londiste.fqname(g.tgrelid) from pg_catalog.pg_trigger g where g.tgparentid = 0 and g.tgfoid in (select p.oid from "
                    + FOREIGN_CAPTURE + ") order by 1";

    private static final String DROP_FOREIGN_CAPTURE =
            "select pg_catalog.format('drop function %s cascade', p.oid::regprocedure) from " + FOREIGN_CAPTURE;

    private final DataSource database;
    private final Manifest londiste;

    public Installer(DataSource database) {
        this(database, new Manifest("sql/londiste"));
    }

    Installer(DataSource database, Manifest londiste) {
        this.database = database;
        this.londiste = londiste;
    }

    /**
     * Installs our PgQ. Another PgQ, such as the original extension, is used as it is and is not changed.
     *
     * @return whether our PgQ is installed
     * @throws LondisteException if it cannot be installed; the message names a missing privilege
     */
    public boolean installPgq() {
        return inTransaction("pgq", (connection, schema) -> {
            if (!PgqSchema.isOfAnotherKind(connection)) {
                schema.requireRights();
            }
            return PgqSchema.install(connection);
        });
    }

    /**
     * Installs schema londiste on a provider, and creates the capture triggers of registered tables again.
     *
     * @throws LondisteException if it cannot be installed; the message names a missing privilege
     */
    public void installLondisteProvider() {
        installLondiste(true);
    }

    /**
     * Installs schema londiste on a subscriber, and drops capture triggers that came with a dump of a provider.
     *
     * @return the tables that had such triggers
     * @throws LondisteException if it cannot be installed; the message names a missing privilege
     */
    public List<String> installLondisteSubscriber() {
        return installLondiste(false);
    }

    private List<String> installLondiste(boolean provider) {
        return inTransaction("londiste", (connection, schema) -> {
            schema.requireRights();
            requireOurs(schema);
            boolean upgrade = schema.hasTable("upgrade");
            if (upgrade && version(connection) < londiste.version()) {
                requireNoReplay(connection);
            }
            runFiles(connection, upgrade);
            if (provider && Schema.of(connection, "pgq").hasTable("queue")) {
                execute(connection, "select londiste.maint_capture()");
            }
            return provider ? List.of() : dropForeignCapture(connection);
        });
    }

    /** Other programs have functions of the same names, which must not be replaced. */
    private static void requireOurs(Schema schema) throws SQLException {
        if (schema.isOfAnotherProgram()) {
            throw new LondisteException(
                    "cannot install schema londiste: " + Installed.ofAnotherProgram(schema.database()));
        }
    }

    /** Drops capture functions of no registered table, with their triggers; returns the tables that had these. */
    private static List<String> dropForeignCapture(Connection connection) throws SQLException {
        execute(connection, "set local lock_timeout = '" + LOCK_TIMEOUT + "'");
        List<String> tables = Jdbc.list(connection, FOREIGN_CAPTURE_TABLES, row -> row.getString(1));
        for (String drop : Jdbc.list(connection, DROP_FOREIGN_CAPTURE, row -> row.getString(1))) {
            execute(connection, drop);
        }
        return tables;
    }

    /** Old functions must not be installed over newer ones, in neither schema: they belong together. */
    private void requireNotNewer(Connection connection) throws SQLException {
        var schema = Schema.of(connection, "londiste");
        if (schema.owned() && schema.hasTable("upgrade")) {
            requireNotNewer(connection, "londiste", version(connection), londiste.version());
        }
        requireNotNewer(connection, "pgq", PgqClient.implementation(connection), Installed.PGQ_VERSION);
    }

    private static void requireNotNewer(Connection connection, String schema, int installed, int known)
            throws SQLException {
        if (installed > known) {
            throw new LondisteException("database " + connection.getCatalog() + ": "
                    + Installed.newer(schema, installed, known) + "; nothing was changed");
        }
    }

    private static int version(Connection connection) throws SQLException {
        return Jdbc.only(connection, "select coalesce(max(nr), 0) from londiste.upgrade", row -> row.getInt(1));
    }

    /**
     * A replay of the old program must not work with the new tables. One that starts now has the version checked again
     * after it has taken its lock, for which it waits here.
     */
    private static void requireNoReplay(Connection connection) throws SQLException {
        execute(connection, "lock table londiste.upgrade in access exclusive mode");
        var replays = Jdbc.list(connection, ReplayLock.HOLDERS, row -> row.getString(1));
        if (!replays.isEmpty()) {
            throw new LondisteException("cannot upgrade schema londiste: a replay runs (" + String.join("; ", replays)
                    + "); stop it first; nothing was changed");
        }
    }

    /** Runs the files of schema londiste. In a new installation, upgrade steps are recorded but not run. */
    private void runFiles(Connection connection, boolean upgrade) throws SQLException {
        for (String file : londiste.files()) {
            Matcher step = Manifest.STEP.matcher(file);
            if (!step.matches() || recordStep(connection, Integer.parseInt(step.group(1)), step.group(2)) && upgrade) {
                londiste.run(connection, file);
            }
        }
    }

    private static boolean recordStep(Connection connection, int nr, String name) throws SQLException {
        return Jdbc.update(
                        connection,
                        "insert into londiste.upgrade (nr, name) values (?, ?) on conflict (nr) do nothing",
                        nr,
                        name)
                == 1;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    private <T> T inTransaction(String schemaName, Work<T> work) {
        try {
            return Transactions.call(database, connection -> {
                PgqSchema.prepare(connection);
                requireNotNewer(connection);
                return work.run(connection, Schema.of(connection, schemaName));
            });
        } catch (SQLException e) {
            String right = SqlState.isInsufficientPrivilege(e) ? "a privilege is missing: " : "";
            throw new LondisteException("cannot install schema " + schemaName + ": " + right + e.getMessage(), e);
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T run(Connection connection, Schema schema) throws SQLException;
    }
}
