package io.londiste.config;

import io.londiste.LondisteException;
import io.londiste.SqlState;
import io.londiste.pgq.PgqClient;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * One of a job's databases as its commands use it: every failure of the server or the way to it is a
 * {@link LondisteException} that says in one line which database it was, what happened and what to do.
 */
public final class Database {
    /** The last step of {@code sql/londiste/upgrade/} that this program knows. */
    public static final int SCHEMA_VERSION = 4;

    private final Settings settings;
    private final Key key;
    private final Dsn dsn;
    private final DataSource source;

    private Database(Settings settings, Key key, Dsn dsn, DataSource source) {
        this.settings = settings;
        this.key = key;
        this.dsn = dsn;
        this.source = source;
    }

    public static Database provider(Settings settings, DataSource source) {
        return new Database(settings, Key.PROVIDER_DB, settings.providerDb(), source);
    }

    public static Database subscriber(Settings settings, DataSource source) {
        return new Database(settings, Key.SUBSCRIBER_DB, settings.subscriberDb(), source);
    }

    /** The database that a ticker works on. */
    public static Database queues(Settings settings, DataSource source) {
        return new Database(settings, Key.DB, settings.db(), source);
    }

    /** Something that a connection is used for. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** Something that opens its connections itself. */
    @FunctionalInterface
    public interface Call<T> {
        T run(DataSource source) throws SQLException;
    }

    /** Calls what opens its own connections. */
    public <T> T call(Call<T> call) {
        try {
            return call.run(source);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Runs the work on a connection outside of a transaction. */
    public <T> T read(Work<T> work) {
        return call(from -> {
            try (var connection = from.getConnection()) {
                return work.run(connection);
            }
        });
    }

    /** Fails if the database cannot be reached. */
    public void connect() {
        read(connection -> null);
    }

    /**
     * Runs the work as one transaction, which is rolled back if the work fails.
     *
     * @param lockTimeout how long a statement may wait for a lock; it may run for twice that time
     */
    public <T> T transaction(Duration lockTimeout, Work<T> work) {
        return read(connection -> {
            connection.setAutoCommit(false);
            try (var limits = connection.createStatement()) {
                limits.execute("set local lock_timeout = %d; set local statement_timeout = %d"
                        .formatted(lockTimeout.toMillis(), 2 * lockTimeout.toMillis()));
                T result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                rollBack(connection, e);
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    private static void rollBack(Connection connection, Exception reason) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    /** Something that is made of a row. */
    @FunctionalInterface
    public interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** What is made of each row of a query. */
    public <T> List<T> rows(String query, Row<T> reader, Object... parameters) {
        return read(connection -> {
            try (var statement = connection.prepareStatement(query)) {
                bind(connection, statement, parameters);
                var found = new ArrayList<T>();
                try (var row = statement.executeQuery()) {
                    while (row.next()) {
                        found.add(reader.read(row));
                    }
                }
                return found;
            }
        });
    }

    /** The first column of a query's rows. */
    public List<String> texts(String query, Object... parameters) {
        return rows(query, row -> row.getString(1), parameters);
    }

    /** Sets the parameters of a statement; arrays of strings become arrays of text. */
    public static void bind(Connection connection, PreparedStatement statement, Object... parameters)
            throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(
                    i + 1,
                    parameters[i] instanceof String[] texts ? connection.createArrayOf("text", texts) : parameters[i]);
        }
    }

    /** Fails unless our schema is there, and is the one that this program knows, with what to do. */
    public void requireLondiste() {
        int version = londisteVersion();
        if (version < SCHEMA_VERSION) {
            throw new LondisteException(this + ": schema londiste is older than this program; run: " + installation());
        }
        if (version > SCHEMA_VERSION) {
            throw new LondisteException(this + ": schema londiste is newer than this program (version " + version
                    + "; it knows " + SCHEMA_VERSION + "); use the program that it was installed with");
        }
    }

    private int londisteVersion() {
        try {
            return rows("select londiste.version()", row -> row.getInt(1)).get(0);
        } catch (LondisteException e) {
            if (SqlState.isNoSuchSchema(e)) {
                throw new LondisteException(this + ": schema londiste is not installed; run: " + installation(), e);
            }
            if (SqlState.isNoSuchFunction(e)) {
                return 0; // it is from before there was that function
            }
            throw e;
        }
    }

    private String installation() {
        return "londiste " + settings.file() + (key == Key.SUBSCRIBER_DB ? " subscriber install" : " provider install");
    }

    /** Fails unless the job's queue is there, with the command that installs it. */
    public void requireQueue() {
        boolean there = call(from -> {
            var pgq = new PgqClient(from);
            return pgq.isInstalled() && pgq.queueExists(settings.queueName());
        });
        if (!there) {
            throw new LondisteException(this + ": queue " + settings.queueName() + " is not installed; run: londiste "
                    + settings.file() + " provider install");
        }
    }

    /** Fails unless there is PgQ. */
    public void requirePgq() {
        if (!call(from -> new PgqClient(from).isInstalled())) {
            var command = key == Key.DB ? "pgqadm %s install" : "londiste %s provider install";
            throw new LondisteException(this + ": pgq is not installed; run: " + command.formatted(settings.file()));
        }
    }

    private LondisteException failure(SQLException failure) {
        return new LondisteException(this + ": " + SqlFailure.describe(failure, dsn, settings, key), failure);
    }

    /** What the server says is wrong, in one line. */
    public static String said(SQLException failure) {
        return SqlFailure.said(failure);
    }

    /** Which of the job's databases it is, for messages. */
    @Override
    public String toString() {
        var role = key == Key.DB ? "database" : key.written().replace("_db", "");
        return role + " " + dsn.database() + " at " + dsn.server();
    }
}
