package io.londiste.db;

import io.londiste.db.TcpSocketFactory.Limits;
import io.londiste.error.LondisteException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ssl.DefaultJavaSSLFactory;

/**
 * The connection parameters of a database: a connection string as psql accepts it, with the defaults of the environment.
 *
 * <p>Parameters that are not in the string are taken from its service, then from the environment variables
 * ({@code PGHOST}, {@code PGPORT}, {@code PGUSER} and so on), then from the password file. {@link #toString} masks the
 * password, and no message contains it.
 */
public final class Dsn {

    private static final String DEFAULT_PORT = "5432";
    private static final int LAST_PORT = 65535;
    private static final Set<String> SECRETS = Set.of("password", "sslpassword");

    private final Map<String, String> parameters;
    private final boolean secret;

    private Dsn(Map<String, String> parameters, boolean secret) {
        this.parameters = parameters;
        this.secret = secret;
    }

    /**
     * Parses a connection string.
     *
     * @throws LondisteException if it is malformed, or names a parameter or a service that does not exist
     */
    public static Dsn parse(String text) {
        return parse(text, Environment.ofThisProcess());
    }

    static Dsn parse(String text, Environment environment) {
        var parameters = new LinkedHashMap<>(ConnInfo.parse(text));
        parameters.values().removeIf(String::isEmpty);
        boolean secret = SECRETS.stream().anyMatch(parameters::containsKey);
        var service = parameters.getOrDefault("service", environment.get("PGSERVICE"));
        if (service != null) {
            ServiceFile.find(service, environment).forEach(parameters::putIfAbsent);
        }
        for (var parameter : Parameter.values()) {
            if (parameter.variable() != null && environment.get(parameter.variable()) != null) {
                parameters.putIfAbsent(parameter.written(), environment.get(parameter.variable()));
            }
        }
        parameters.values().removeIf(String::isEmpty);
        parameters.forEach(Parameter::check);
        complete(parameters, environment);
        var result = new Dsn(parameters, secret);
        result.checkHosts();
        if (result.isLocal()) {
            parameters.put("sslmode", "disable");
            parameters.put("gssencmode", "disable");
        } else {
            Tls.complete(parameters, environment.home());
        }
        result.findPassword(environment);
        return result;
    }

    private static void complete(Map<String, String> parameters, Environment environment) {
        parameters.putIfAbsent("port", DEFAULT_PORT);
        if (!parameters.containsKey("host")) {
            var address = parameters.get("hostaddr");
            parameters.put("host", address != null ? address : environment.localHost(parameters.get("port")));
        }
        parameters.putIfAbsent("user", environment.user());
        parameters.putIfAbsent("dbname", parameters.get("user"));
        parameters.putIfAbsent("connect_timeout", String.valueOf(Timeouts.CONNECT.toSeconds()));
    }

    private void checkHosts() {
        int hosts = names().length;
        if (hosts().length != hosts) {
            throw new LondisteException(
                    "host has " + hosts + " names, but hostaddr has " + hosts().length + " addresses");
        }
        int ports = parameters.get("port").split(",", -1).length;
        if (ports != 1 && ports != hosts) {
            throw new LondisteException("port has " + ports + " numbers, but host has " + hosts + " names");
        }
        if (Arrays.stream(ports()).anyMatch(port -> port < 1 || port > LAST_PORT)) {
            throw new LondisteException("port must be a number from 1 to " + LAST_PORT);
        }
        if (hosts > 1 && Arrays.stream(hosts()).anyMatch(host -> host.startsWith("/"))) {
            throw new LondisteException("host must be one directory, or one or more host names");
        }
        if (parameters.get("host").startsWith("@")) {
            throw new LondisteException(
                    "abstract Unix sockets are not supported; set host to a directory or a host name");
        }
    }

    private void findPassword(Environment environment) {
        if (parameters.containsKey("password")) {
            return;
        }
        var passfile = parameters.get("passfile");
        var file = passfile == null ? environment.home().resolve(".pgpass") : Path.of(passfile);
        var passwords = new HashSet<String>();
        for (int i = 0; i < names().length; i++) {
            var name = environment.isDefaultSocket(names()[i]) ? "localhost" : names()[i];
            passwords.add(PasswordFile.find(file, name, Integer.toString(ports()[i]), database(), user()));
        }
        if (passwords.size() > 1) {
            throw new LondisteException(
                    "the JDBC driver cannot use a different password for each host, but " + file + " has several");
        }
        passwords.stream().filter(Objects::nonNull).forEach(password -> parameters.put("password", password));
    }

    /** Whether the connection string itself has a password in it. */
    public boolean isSecret() {
        return secret;
    }

    public String user() {
        return parameters.get("user");
    }

    public String database() {
        return parameters.get("dbname");
    }

    /** Where the server is, as {@code host:port}, several separated by commas. */
    public String server() {
        var hosts = parameters.get("host").split(",");
        var ports = ports();
        var result = new String[hosts.length];
        Arrays.setAll(result, i -> hosts[i] + ":" + ports[i]);
        return String.join(",", result);
    }

    /** Whether the server is reached by a Unix socket. */
    private boolean isLocal() {
        return hosts()[0].startsWith("/");
    }

    private String[] names() {
        return parameters.get("host").split(",", -1);
    }

    /** The addresses to connect to: hostaddr if it is set, otherwise host. */
    private String[] hosts() {
        return parameters.getOrDefault("hostaddr", parameters.get("host")).split(",", -1);
    }

    private int[] ports() {
        var ports = parameters.get("port").split(",", -1);
        return Arrays.stream(ports.length == hosts().length ? ports : repeated(ports[0], hosts().length))
                .mapToInt(port -> port.isEmpty() ? Integer.parseInt(DEFAULT_PORT) : Integer.parseInt(port))
                .toArray();
    }

    private static String[] repeated(String value, int times) {
        var result = new String[times];
        Arrays.fill(result, value);
        return result;
    }

    /** A data source that opens a new connection at each call. For pools see {@link Pools}. */
    public PGSimpleDataSource dataSource(String applicationName) {
        var source = new DriverSource();
        source.setServerNames(isLocal() ? new String[] {"localhost"} : hosts());
        source.setPortNumbers(ports());
        source.setDatabaseName(database());
        source.setUser(user());
        source.setPassword(parameters.get("password"));
        source.setApplicationName(parameters.getOrDefault("application_name", applicationName));
        source.setTcpKeepAlive(true);
        int timeout = Math.max(0, Integer.parseInt(parameters.get("connect_timeout")));
        source.setConnectTimeout(timeout);
        // The driver's connect timeout ends with the TCP handshake; this one includes the server's first reply.
        source.setLoginTimeout(timeout * hosts().length);
        try {
            for (var parameter : Parameter.values()) {
                var value = parameters.get(parameter.written());
                if (value != null && parameter.property() != null) {
                    source.setProperty(parameter.property(), parameter.translated(value));
                }
            }
            if (isLocal()) {
                source.setProperty("socketFactory", UnixSocketFactory.class.getName());
                source.setProperty("socketFactoryArg", hosts()[0] + "/.s.PGSQL." + ports()[0]);
            } else {
                source.setProperty("socketFactory", TcpSocketFactory.class.getName());
                source.setProperty("socketFactoryArg", Limits.of(parameters).argument());
            }
            if (Tls.trustsSystem(parameters)) {
                source.setProperty("sslfactory", DefaultJavaSSLFactory.class.getName());
            }
        } catch (SQLException e) {
            throw new LondisteException("connection parameters: " + e.getMessage(), e);
        }
        return source;
    }

    /** Host, port, database and user, with the password masked. */
    @Override
    public String toString() {
        return "host=" + parameters.get("host") + " port=" + parameters.get("port") + " dbname=" + database() + " user="
                + user() + (parameters.containsKey("password") ? " password=***" : "");
    }
}
