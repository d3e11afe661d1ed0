package io.londiste.test;

import io.londiste.demo.PgCluster;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A database that only one test uses. Its exceptions are unchecked, since a test cannot handle them; the
 * {@link SQLException} is the cause's own, see {@link #connect} for tests that want to meet one.
 */
public final class Db implements AutoCloseable {
    private static final String RUN = Long.toString(System.currentTimeMillis() / 100, 36);
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Server server;
    private final String name;
    private final List<TcpProxy> proxies = new ArrayList<>();
    private final List<String> roles = new ArrayList<>();

    Db(Server server, String purpose) {
        this(server, purpose, "");
    }

    Db(Server server, String purpose, String options) {
        this.server = server;
        this.name = "t_" + RUN + "_" + COUNT.incrementAndGet() + "_" + purpose;
        administer("create database " + name + " " + options);
    }

    /** A database of a cluster that the caller has opened and closes. */
    public static Db on(PgCluster cluster, String purpose) {
        return new Db(Server.of(cluster), purpose);
    }

    public String name() {
        return name;
    }

    public String host() {
        return server.host();
    }

    public int port() {
        return server.port();
    }

    public String user() {
        return server.user();
    }

    public String password() {
        return server.password();
    }

    /** The major version of the server. */
    public int major() {
        return (int) number("select current_setting('server_version_num')::int / 10000");
    }

    /** The JDBC URL, with user and password. */
    public String url() {
        return url(name) + "?user=" + user() + "&password=" + password();
    }

    /** The libpq connection string, with user and password. */
    public String libpq() {
        return libpq(port());
    }

    /** The libpq connection string, through a proxy. */
    public String libpq(TcpProxy proxy) {
        return libpq(proxy.port());
    }

    /** A connection, which the caller closes. */
    public Connection connect() throws SQLException {
        return connect(user(), password());
    }

    /** A connection as another role, which the caller closes. */
    public Connection connect(String role, String rolePassword) throws SQLException {
        return DriverManager.getConnection(url(name), role, rolePassword);
    }

    /** A data source that opens a new connection each time, without a pool. */
    public DataSource dataSource() {
        return dataSource(host(), port());
    }

    /** The same as {@link #dataSource()}, through a proxy. */
    public DataSource dataSource(TcpProxy proxy) {
        return dataSource("127.0.0.1", proxy.port());
    }

    /**
     * Runs one or more statements as one string, so in one transaction unless the statements begin their own.
     *
     * @return the rows of the last result, one a line, values separated by {@code |}; empty if it has none
     */
    public String sql(String statements) {
        return String.join("\n", rows(statements));
    }

    /** Runs one statement with {@code ?} parameters, otherwise like {@link #sql(String)}. */
    public String sql(String statement, Object... parameters) {
        return String.join("\n", rows(statement, parameters));
    }

    /** Runs statements like {@link #sql(String)} and returns each row as an element. */
    public List<String> rows(String statements) {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            return lastRows(statement, statement.execute(statements));
        } catch (SQLException e) {
            throw new IllegalStateException(statements + ": " + e.getMessage(), e);
        }
    }

    /** Runs a statement like {@link #sql(String, Object...)} and returns each row as an element. */
    public List<String> rows(String sql, Object... parameters) {
        try (var connection = connect();
                var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            return lastRows(statement, statement.execute());
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** The only value of a query, as a number. */
    public long number(String query, Object... parameters) {
        return Long.parseLong(parameters.length == 0 ? sql(query) : sql(query, parameters));
    }

    /**
     * Makes a role for this test; it is dropped with the database.
     *
     * @param options as in {@code create role}, for example {@code login password 'secret'}
     * @return its name, which is unlike that of any other test's
     */
    public String role(String suffix, String options) {
        var role = name + "_" + suffix;
        administer("create role " + role + " " + options);
        roles.add(role);
        return role;
    }

    /** A proxy before the server, ended with the database. */
    public TcpProxy proxy() {
        try {
            var proxy = new TcpProxy(host(), port());
            proxies.add(proxy);
            return proxy;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The cluster, to stop, kill and freeze it: all tests of this JVM share it, so a test leaves it running. Skips the
     * test where the server is not ours.
     */
    public PgCluster control() {
        Assumptions.assumeTrue(server.cluster() != null, "this test stops the server: it needs -Dpostgres=embedded");
        return server.cluster();
    }

    @Override
    public void close() throws IOException {
        for (var proxy : proxies) {
            proxy.close();
        }
        administer("drop database if exists " + name + " with (force)");
        roles.forEach(role -> administer("drop role " + role));
    }

    /** The name and the server, without the password. */
    @Override
    public String toString() {
        return name + " on " + server;
    }

    private void administer(String sql) {
        try (var connection = DriverManager.getConnection(url("postgres"), user(), password());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
    }

    private String libpq(int throughPort) {
        return "host=%s port=%d dbname=%s user=%s password=%s".formatted(host(), throughPort, name, user(), password());
    }

    private DataSource dataSource(String throughHost, int throughPort) {
        var source = new PGSimpleDataSource();
        source.setServerNames(new String[] {throughHost});
        source.setPortNumbers(new int[] {throughPort});
        source.setDatabaseName(name);
        source.setUser(user());
        source.setPassword(password());
        return source;
    }

    private static List<String> lastRows(Statement statement, boolean first) throws SQLException {
        var rows = new ArrayList<String>();
        for (boolean isRows = first; isRows || statement.getUpdateCount() != -1; isRows = statement.getMoreResults()) {
            rows.clear();
            if (isRows) {
                var result = statement.getResultSet();
                int columns = result.getMetaData().getColumnCount();
                while (result.next()) {
                    var values = new ArrayList<String>();
                    for (int i = 1; i <= columns; i++) {
                        values.add(String.valueOf(result.getString(i)));
                    }
                    rows.add(String.join("|", values));
                }
            }
        }
        return rows;
    }
}
