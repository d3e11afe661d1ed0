package io.londiste.definition;

import io.londiste.change.TableName;
import io.londiste.db.Database;
import io.londiste.db.Jdbc;
import io.londiste.db.SqlState;
import io.londiste.error.LondisteException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the statements that create things, in a transaction of the subscriber, with errors that name them. */
final class Statements {
    private static final Logger LOG = LoggerFactory.getLogger(Statements.class);

    private final Connection transaction;
    private final Database subscriber;

    Statements(Connection transaction, Database subscriber) {
        this.transaction = transaction;
        this.subscriber = subscriber;
    }

    /** @param what is created, for messages */
    void run(String what, String sql) throws SQLException {
        try {
            Jdbc.execute(transaction, sql);
        } catch (SQLException e) {
            if (SqlState.isPassing(e)) {
                throw e;
            }
            throw new LondisteException(
                    subscriber + ": cannot create " + what + ": " + Database.serverMessage(e) + "; "
                            + (SqlState.isUndefined(e)
                                    ? "create what is missing there first, as pg_dump --schema-only of the provider writes it"
                                    : "if it cannot be the same there, create the table yourself")
                            + "; nothing was changed",
                    e);
        }
    }

    /** Leaves out what needs something that is missing. */
    void runIfPossible(String what, String sql) throws SQLException {
        var before = transaction.setSavepoint();
        try {
            Jdbc.execute(transaction, sql);
        } catch (SQLException e) {
            if (!SqlState.isUndefined(e)) {
                throw e;
            }
            transaction.rollback(before);
            LOG.warn("Left out: {}: {}", what, Database.serverMessage(e));
        }
        transaction.releaseSavepoint(before);
    }

    /** @param literal the comment as an SQL literal; null: there is none */
    void comment(String on, String literal) throws SQLException {
        if (literal != null) {
            run("the comment on " + on, "comment on " + on + " is " + literal);
        }
    }

    /** Creates the schema if it is missing. */
    void schema(String name) throws SQLException {
        boolean missing = Jdbc.only(
                transaction,
                "select not exists (select from pg_catalog.pg_namespace where nspname = ?)",
                row -> row.getBoolean(1),
                name);
        if (missing) {
            run("schema " + name, "create schema " + TableName.quote(name));
        }
    }

    /** Whether there is a relation of any kind with the name. */
    boolean exists(TableName name) throws SQLException {
        return Jdbc.only(
                transaction, "select pg_catalog.to_regclass(?) is not null", row -> row.getBoolean(1), name.quoted());
    }

    /** Has the sequence belong to the column, unless it belongs to another one, or is another role's. */
    void own(TableName sequence, TableName table, String column) throws SQLException {
        boolean free = Jdbc.only(
                transaction,
                "select not exists (select from pg_catalog.pg_depend where objid = c.oid and classid = 'pg_catalog.pg_class'::regclass"
                        + " and deptype in ('a', 'i')) and pg_catalog.pg_has_role(c.relowner, 'usage')"
                        + " from pg_catalog.pg_class as c where c.oid = pg_catalog.to_regclass(?)",
                row -> row.getBoolean(1),
                sequence.quoted());
        if (free) {
            run(
                    "sequence " + sequence,
                    "alter sequence " + sequence.quoted() + " owned by " + table.quoted() + "."
                            + TableName.quote(column));
        }
    }

    /** Fails with the types that are missing. */
    void requireTypes(TableName table, List<String> types) throws SQLException {
        var missing = Jdbc.list(
                transaction,
                "select t.name from unnest(?::text[]) with ordinality as t (name, nr)"
                        + " where pg_catalog.to_regtype(t.name) is null order by t.nr",
                row -> row.getString(1),
                (Object) types.toArray(String[]::new));
        if (!missing.isEmpty()) {
            throw new LondisteException(subscriber + ": cannot create table " + table + ": no such type: "
                    + String.join(", ", missing)
                    + "; create it there first, as pg_dump --schema-only of the provider writes it, or leave the column out with"
                    + " --columns; nothing was changed");
        }
    }
}
