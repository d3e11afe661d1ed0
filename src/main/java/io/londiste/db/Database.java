package io.londiste.db;

import io.londiste.error.LondisteException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/**
 * One of a job's databases as its commands use it: every failure of the server or the way to it is a
 * {@link LondisteException} that says in one line which database it was, what happened and what to do.
 */
public final class Database {
    /**
     * Where a database comes from, for messages.
     *
     * @param role {@code provider}, {@code subscriber} or {@code database}
     * @param key the key of its connection string in the INI file
     * @param file the INI file
     * @param lockTimeout how long a job's commands wait for locks
     */
    public record Setting(String role, String key, Path file, Duration lockTimeout) {}

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

    /** The INI file that names the database. */
    public Path file() {
        return setting.file();
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
                Transactions.rollback(connection, e);
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    /** What is made of each row of a query. */
    public <T> List<T> rows(String query, Jdbc.RowReader<T> reader, Object... parameters) {
        return read(connection -> Jdbc.list(connection, query, reader, parameters));
    }

    /** The first column of a query's rows. */
    public List<String> texts(String query, Object... parameters) {
        return rows(query, row -> row.getString(1), parameters);
    }

    private LondisteException failure(SQLException failure) {
        return new LondisteException(this + ": " + SqlFailure.describe(failure, dsn, setting), failure);
    }

    /** What the server says is wrong, in one line. */
    public static String said(SQLException failure) {
        return SqlFailure.said(failure);
    }

    /** Which of the job's databases it is, for messages. */
    @Override
    public String toString() {
        return setting.role() + " " + dsn.database() + " at " + dsn.server();
    }
}
