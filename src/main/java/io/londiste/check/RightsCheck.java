package io.londiste.check;

import io.londiste.change.TableName;
import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.pgq.PgqClient;
import io.londiste.schema.Installed;
import io.londiste.table.MissingGrants;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks the schemas in a database, and what the role may do with them and with registered tables and sequences. */
final class RightsCheck {
    private static final String RIGHTS = """
            select pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(n.nspowner)), pg_catalog.pg_has_role(n.nspowner, 'USAGE'),
              pg_catalog.quote_ident(current_user),
              (select pg_catalog.pg_has_role(r.oid, 'USAGE') from pg_catalog.pg_roles r where r.rolname = 'pgq_admin')
            from pg_catalog.pg_namespace n where n.nspname = ?
            """;

    private final Report report;
    private final Database database;

    RightsCheck(Report report) {
        this.report = report;
        this.database = report.database();
    }

    /**
     * The role's rights on a schema.
     *
     * @param owner of the schema, quoted; {@code role} likewise
     * @param owns whether the role has the rights of the owner
     * @param administers whether it has those of role pgq_admin; null if there is no such role
     */
    private record Rights(String owner, boolean owns, String role, Boolean administers) {
        String grant(String granted) {
            return " (GRANT " + granted + " TO " + role + ")";
        }
    }

    /**
     * Checks the provider of a job. Returns whether commands can use it.
     *
     * @param maintains whether the job also does the maintenance of the queue
     */
    boolean provider(String queue, boolean maintains) {
        boolean pgq = pgq(maintains);
        boolean londiste = londiste();
        return pgq
                && londiste
                && report.attempt("schema", () -> Installed.requireQueue(database, queue))
                && report.attempt("rights", () -> relations(queue));
    }

    /** Checks the subscriber of a job, except its tables. Returns whether commands can use it. */
    boolean subscriber(String queue) {
        return londiste() && report.attempt("rights", () -> sequences(queue));
    }

    /** Checks the database of a ticker. Returns whether it can work there. */
    boolean queues() {
        rights("londiste")
                .filter(rights -> !rights.owns)
                .ifPresent(rights -> report.warning(
                        "rights",
                        "schema londiste belongs to role " + rights.owner
                                + ": maintenance cannot bring its capture up to date" + rights.grant(rights.owner)));
        return pgq(true);
    }

    private boolean pgq(boolean maintains) {
        var found = rights("pgq");
        if (found.isPresent()) {
            var rights = found.get();
            boolean administers = Boolean.TRUE.equals(rights.administers);
            if (!rights.owns && !administers) {
                var wanted = rights.administers == null ? rights.owner : "pgq_admin";
                report.problem(
                        "rights",
                        "role " + rights.role + " may not use the queues: it has to be a member of role " + wanted
                                + rights.grant(wanted));
                return false;
            }
            if (!rights.owns && maintains) {
                report.warning(
                        "rights",
                        "schema pgq belongs to role " + rights.owner + ": maintenance cannot vacuum its tables"
                                + rights.grant(rights.owner));
            }
        } else {
            obstacle("pgq");
        }
        return report.attempt("schema", () -> {
            Installed.requirePgq(database);
            report.ok("schema", "pgq " + database.call(source -> new PgqClient(source).version()));
        });
    }

    private boolean londiste() {
        var found = rights("londiste");
        if (found.isPresent() && !found.get().owns) {
            var rights = found.get();
            report.problem(
                    "rights",
                    "schema londiste belongs to role " + rights.owner + ", of which role " + rights.role
                            + " has to be a member" + rights.grant(rights.owner));
            return false;
        }
        if (found.isEmpty()) {
            obstacle("londiste");
        }
        return report.attempt("schema", () -> {
            Installed.requireLondiste(database);
            report.ok("schema", "londiste, version " + Installed.SCHEMA_VERSION);
        });
    }

    /** Reports why a schema that is missing cannot be installed. */
    private void obstacle(String schema) {
        report.attempt("rights", () -> Installed.obstacle(database, schema)
                .ifPresent(obstacle -> report.problem("rights", obstacle)));
    }

    private Optional<Rights> rights(String schema) {
        return database
                .rows(
                        RIGHTS,
                        row -> new Rights(
                                row.getString(1), row.getBoolean(2), row.getString(3), row.getObject(4, Boolean.class)),
                        schema)
                .stream()
                .findFirst();
    }

    private void relations(String queue) {
        database.read(connection -> {
            var tables =
                    names(connection, "select table_name from londiste.provider_table where queue_name = ?", queue);
            var sequences = names(connection, "select seq_name from londiste.provider_seq where queue_name = ?", queue);
            var missing = new ArrayList<>(MissingGrants.onTrees(connection, tables, "SELECT", "TRIGGER"));
            missing.addAll(MissingGrants.on(connection, sequences, "SELECT"));
            report.problems(
                    "rights",
                    missing.stream().distinct().toList(),
                    "enough for the schemas, for " + tables.size() + " registered tables and " + sequences.size()
                            + " sequences");
            return null;
        });
    }

    private void sequences(String queue) {
        database.read(connection -> {
            var sequences =
                    names(connection, "select seq_name from londiste.subscriber_seq where queue_name = ?", queue);
            report.problems(
                    "rights",
                    MissingGrants.on(connection, sequences, "SELECT", "UPDATE"),
                    "enough for the schema and " + sequences.size() + " sequences");
            return null;
        });
    }

    private static List<TableName> names(Connection connection, String query, String queue) throws SQLException {
        return Jdbc.list(connection, query, row -> TableName.parse(row.getString(1)), queue);
    }
}
