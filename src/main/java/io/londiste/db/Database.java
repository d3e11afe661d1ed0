package io.londiste.db;

import io.londiste.error.LondisteException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/**
 * One of a job's databases, as its commands use it. Every error of the server or the connection becomes a
 * {@link LondisteException} whose message is one line: the database, what happened and what to do.
 */
public final class Database {
    /**
     * Where a database is configured, for messages.
     *
     * @param role {@code provider}, {@code subscriber} or {@code database}
     * @param where where its connection string is set
     * @param file the INI file
     * @param lockTimeout how long the job's commands wait for a lock
     */
    public record Setting(String role, String where, Path file, Duration lockTimeout) {}

    private final Setting setting;
    private final Dsn dsn;
    private final DataSource source;

    /** @param source opens the connections that {@code dsn} describes */
    public Database(Setting setting, Dsn dsn, DataSource source) {
        this.setting = setting;
        this.dsn = dsn;
        this.source = source;
    }

    /** {@code provider}, {@code subscriber} or {@code database}. */
    public String role() {
        return setting.role();
    }

    /** The INI file with the database's connection string. */
    public Path file() {
        return setting.file();
    }

    /** Work on a connection. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** Work that opens its own connections. */
    @FunctionalInterface
    public interface Call<T> {
        T run(DataSource source) throws SQLException;
    }

    /** Runs work that opens its own connections. */
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

    /** Opens a connection and closes it, and so fails if the database cannot be reached. */
    public void connect() {
        read(connection -> null);
    }

    /**
     * Runs the work as one transaction, which is rolled back if the work fails.
     *
     * @param lockTimeout how long a statement may wait for a lock; see {@link Timeouts#limits}
     */
    public <T> T transaction(Duration lockTimeout, Work<T> work) {
        return read(connection -> {
            connection.setAutoCommit(false);
            try {
                Jdbc.execute(connection, Timeouts.limits(lockTimeout));
                T result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                Transactions.rollback(connection, e);
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    /** The converted rows of a query, in order. */
    public <T> List<T> rows(String query, Jdbc.RowReader<T> reader, Object... parameters) {
        return read(connection -> Jdbc.list(connection, query, reader, parameters));
    }

    /** The first column of each row of a query. */
    public List<String> texts(String query, Object... parameters) {
        return rows(query, row -> row.getString(1), parameters);
    }

    private LondisteException failure(SQLException failure) {
        return new LondisteException(this + ": " + SqlFailure.describe(failure, dsn, setting), failure);
    }

    /** The error message of the server or the driver, in one line. */
    public static String serverMessage(SQLException failure) {
        return SqlFailure.serverMessage(failure);
    }

    /** Role, name and server of the database, for messages. */
    @Override
    public String toString() {
        return setting.role() + " " + dsn.database() + " at " + dsn.server();
    }
}
