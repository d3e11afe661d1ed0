package io.londiste.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * Refuses connection poolers that give the transactions of one connection to different sessions of the server: our settings
 * would reach other clients, and our locks and notifications would be lost.
 *
 * <p>Two connections are used in turn. Each sets a variable of its session, as all our sessions do at first, and must find its
 * own value and process again. With such a pooler, two connections soon meet in one session. A busy one may escape
 * notice once, but then the check of the next process finds it.
 */
final class PoolerCheck {
    private static final int ROUNDS = 5;

    private static final String MARK = "select set_config('londiste.session', ?, false), pg_backend_pid()::text";
    private static final String READ = "select current_setting('londiste.session', true), pg_backend_pid()::text";

    /**
     * Begins a transaction in the same message as its first statements, which the driver does not: a server may end
     * sessions that rest in a transaction even for a moment.
     */
    private static final String BEGIN = "begin; set local idle_in_transaction_session_timeout = 0; ";

    /** The databases that have passed in this process, which is enough: the check needs a second connection. */
    private static final Set<String> PASSED = ConcurrentHashMap.newKeySet();

    private PoolerCheck() {}

    private record Session(String mark, String process) {}

    /**
     * Opens a connection.
     *
     * @throws SQLException if it cannot be opened, or such a pooler is in between, with the remedy
     */
    static Connection connect(Dsn dsn, DataSource source) throws SQLException {
        var connection = source.getConnection();
        if (PASSED.contains(dsn.toString())) {
            return connection;
        }
        try (var other = source.getConnection()) {
            check(connection, other);
            PASSED.add(dsn.toString());
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static void check(Connection one, Connection other) throws SQLException {
        var first = session(one, MARK, "1");
        var second = session(other, MARK, "2");
        for (int i = 0; i < ROUNDS; i++) {
            // while one is in a transaction, the other cannot have its session
            require(first.equals(session(one, READ)));
            require(second.equals(session(other, BEGIN + READ)));
            require(first.equals(session(one, READ)));
            Jdbc.execute(other, "commit");
            require(second.equals(session(other, READ)));
        }
    }

    private static Session session(Connection connection, String query, Object... parameters) throws SQLException {
        return Jdbc.listAmong(
                        connection,
                        query,
                        row -> new Session(String.valueOf(row.getString(1)), row.getString(2)),
                        parameters)
                .get(0);
    }

    private static void require(boolean same) throws SQLException {
        if (!same) {
            throw new SQLException(
                    "a connection pooler gives the transactions of one connection to different sessions of the server"
                            + " (transaction or statement pooling), which would break locks and pass on settings to other"
                            + " clients; connect to the server directly, or set the pooler to session pooling for this database"
                            + " (pgbouncer: pool_mode = session)",
                    SqlState.UNSUITABLE_POOLER);
        }
    }
}
