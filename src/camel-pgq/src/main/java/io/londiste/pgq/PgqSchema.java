package io.londiste.pgq;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** PgQ itself: the schema {@code pgq} of a database, with its tables and functions. */
public final class PgqSchema {
    private static final SqlFiles FILES = new SqlFiles("sql/pgq");

    /** Installations of one database wait for each other. */
    private static final long LOCK = 0x6c6f6e6469737465L;

    private PgqSchema() {}

    /**
     * Installs the schema, or upgrades it, in one transaction; if it is up to date, nothing changes. This needs no superuser,
     * only the privilege to create a schema in the database. A PgQ of another kind, such as the original extension, is used as
     * it is, and not changed.
     *
     * @return false if the database has a PgQ of another kind
     * @throws SQLException if it cannot be installed; nothing was changed then
     */
    public static boolean install(DataSource database) throws SQLException {
        try (var connection = database.getConnection()) {
            return Sql.transaction(connection, () -> {
                Sql.execute(connection, "set transaction isolation level read committed, read write");
                return install(connection);
            });
        }
    }

    /**
     * The same in a read-committed transaction of the caller, who commits it or rolls it back. Other installations wait for its
     * end.
     */
    public static boolean install(Connection transaction) throws SQLException {
        prepare(transaction);
        if (isOfAnotherKind(transaction)) {
            return false;
        }
        for (String name : FILES.names()) {
            FILES.run(transaction, name);
        }
        return true;
    }

    /** Waits for other installations, and makes the session's settings for this transaction what the SQL files need. */
    public static void prepare(Connection transaction) throws SQLException {
        Sql.execute(
                transaction,
                "select pg_advisory_xact_lock(" + LOCK + "); set local client_min_messages = warning;"
                        + " set local standard_conforming_strings = on");
    }

    /** Whether the database has a PgQ that these SQL files have not made, such as the original extension. */
    public static boolean isOfAnotherKind(Connection connection) throws SQLException {
        return Sql.number(
                        connection,
                        "select (to_regclass('pgq.queue') is not null and to_regproc('pgq.implementation') is null)::int")
                == 1;
    }
}
