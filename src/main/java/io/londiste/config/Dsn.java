package io.londiste.config;

import io.londiste.LondisteException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * How to reach a database: a connection string as psql takes it, completed with the environment's defaults.
 *
 * <p>What the string leaves out comes from its service, then from the variables {@code PGHOST}, {@code PGPORT},
 * {@code PGUSER} and the others, then from the password file. {@link #toString} masks the password, and no message
 * shows it.
 */
public final class Dsn {
    private static final Map<String, String> VARIABLES = Map.ofEntries(
            Map.entry("host", "PGHOST"),
            Map.entry("hostaddr", "PGHOSTADDR"),
            Map.entry("port", "PGPORT"),
            Map.entry("dbname", "PGDATABASE"),
            Map.entry("user", "PGUSER"),
            Map.entry("password", "PGPASSWORD"),
            Map.entry("passfile", "PGPASSFILE"),
            Map.entry("service", "PGSERVICE"),
            Map.entry("connect_timeout", "PGCONNECT_TIMEOUT"),
            Map.entry("options", "PGOPTIONS"),
            Map.entry("sslmode", "PGSSLMODE"),
            Map.entry("sslcert", "PGSSLCERT"),
            Map.entry("sslkey", "PGSSLKEY"),
            Map.entry("sslrootcert", "PGSSLROOTCERT"),
            Map.entry("channel_binding", "PGCHANNELBINDING"),
            Map.entry("gssencmode", "PGGSSENCMODE"),
            Map.entry("krbsrvname", "PGKRBSRVNAME"),
            Map.entry("target_session_attrs", "PGTARGETSESSIONATTRS"));

    /** What libpq calls a parameter, and what the driver calls it. */
    private static final Map<String, String> DRIVER = Map.ofEntries(
            Map.entry("options", "options"),
            Map.entry("sslmode", "sslmode"),
            Map.entry("sslcert", "sslcert"),
            Map.entry("sslkey", "sslkey"),
            Map.entry("sslrootcert", "sslrootcert"),
            Map.entry("sslpassword", "sslpassword"),
            Map.entry("sslnegotiation", "sslNegotiation"),
            Map.entry("channel_binding", "channelBinding"),
            Map.entry("gssencmode", "gssEncMode"),
            Map.entry("krbsrvname", "kerberosServerName"));

    private static final Map<String, String> SERVER_TYPES = Map.of(
            "any", "any",
            "read-write", "primary",
            "primary", "primary",
            "read-only", "secondary",
            "standby", "secondary",
            "prefer-standby", "preferSecondary");

    /** Parameters of libpq that the driver settles by itself or has no use for. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "client_encoding",
            "fallback_application_name",
            "keepalives",
            "keepalives_idle",
            "keepalives_interval",
            "keepalives_count",
            "tcp_user_timeout",
            "sslcompression",
            "sslcrl",
            "sslcrldir",
            "sslsni",
            "sslcertmode",
            "ssl_min_protocol_version",
            "ssl_max_protocol_version",
            "requirepeer",
            "gsslib",
            "gssdelegation",
            "load_balance_hosts",
            "require_auth",
            "application_name");

    private static final String CONNECT_TIMEOUT = "15";
    private static final String DEFAULT_PORT = "5432";

    private final Map<String, String> parameters;

    private Dsn(Map<String, String> parameters) {
        this.parameters = parameters;
    }

    /**
     * Reads a connection string.
     *
     * @throws LondisteException if it is not one, or names a parameter or a service that does not exist
     */
    public static Dsn parse(String text) {
        return parse(text, Environment.ofThisProcess());
    }

    static Dsn parse(String text, Environment environment) {
        var parameters = new LinkedHashMap<>(ConnInfo.parse(text));
        parameters.values().removeIf(String::isEmpty);
        var service = parameters.getOrDefault("service", environment.get("PGSERVICE"));
        if (service != null) {
            ServiceFile.find(service, environment).forEach(parameters::putIfAbsent);
        }
        VARIABLES.forEach((name, variable) -> {
            if (environment.get(variable) != null) {
                parameters.putIfAbsent(name, environment.get(variable));
            }
        });
        parameters.putIfAbsent("port", DEFAULT_PORT);
        if (!parameters.containsKey("host")) {
            var address = parameters.get("hostaddr");
            parameters.put("host", address != null ? address : environment.localHost(parameters.get("port")));
        }
        parameters.putIfAbsent("user", environment.user());
        parameters.putIfAbsent("dbname", parameters.get("user"));
        parameters.putIfAbsent("connect_timeout", CONNECT_TIMEOUT);
        check(parameters);
        var result = new Dsn(parameters);
        if (!parameters.containsKey("password")) {
            var passfile = parameters.get("passfile");
            var password = PasswordFile.find(
                    passfile == null ? environment.home().resolve(".pgpass") : Path.of(passfile),
                    result.isLocal() ? "localhost" : result.hosts()[0],
                    Integer.toString(result.ports()[0]),
                    result.database(),
                    result.user());
            if (password != null) {
                parameters.put("password", password);
            }
        }
        return result;
    }

    private static void check(Map<String, String> parameters) {
        for (var name : parameters.keySet()) {
            if (!VARIABLES.containsKey(name) && !DRIVER.containsKey(name) && !WITHOUT_EFFECT.contains(name)) {
                throw new LondisteException("no such connection parameter: " + name);
            }
        }
        var attributes = parameters.get("target_session_attrs");
        if (attributes != null && !SERVER_TYPES.containsKey(attributes)) {
            throw new LondisteException("target_session_attrs cannot be " + attributes);
        }
        if (!parameters.get("connect_timeout").matches("-?\\d{1,6}")) {
            throw new LondisteException("connect_timeout is a number of seconds");
        }
        if (parameters.get("host").matches("/.*,.*|.*,/.*")) {
            throw new LondisteException("host is one directory, or one or more hosts");
        }
        for (var port : parameters.get("port").split(",", -1)) {
            if (!port.matches("\\d{0,5}")) {
                throw new LondisteException("port is a number");
            }
        }
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

    /** Whether it is reached by a Unix socket. */
    private boolean isLocal() {
        return hosts()[0].startsWith("/");
    }

    private String[] hosts() {
        return parameters.getOrDefault("hostaddr", parameters.get("host")).split(",");
    }

    private int[] ports() {
        var ports = parameters.get("port").split(",", -1);
        return Arrays.stream(ports.length == hosts().length ? ports : repeated(ports[0], hosts().length))
                .mapToInt(port -> port.isEmpty() ? 5432 : Integer.parseInt(port))
                .toArray();
    }

    private static String[] repeated(String value, int times) {
        var result = new String[times];
        Arrays.fill(result, value);
        return result;
    }

    /** Opens a new connection at each call; {@link Pools} has pools. */
    public PGSimpleDataSource dataSource(String applicationName) {
        var source = new PGSimpleDataSource();
        source.setServerNames(isLocal() ? new String[] {"localhost"} : hosts());
        source.setPortNumbers(ports());
        source.setDatabaseName(database());
        source.setUser(user());
        source.setPassword(parameters.get("password"));
        source.setApplicationName(applicationName);
        source.setTcpKeepAlive(true);
        int timeout = Math.max(0, Integer.parseInt(parameters.get("connect_timeout")));
        source.setConnectTimeout(timeout);
        // The driver's connect timeout ends with the TCP handshake; this one includes the server's first answer.
        source.setLoginTimeout(timeout * hosts().length);
        try {
            for (var entry : DRIVER.entrySet()) {
                if (parameters.containsKey(entry.getKey())) {
                    source.setProperty(entry.getValue(), parameters.get(entry.getKey()));
                }
            }
            if (isLocal()) {
                source.setProperty("sslmode", "disable");
                source.setProperty("gssEncMode", "disable");
                source.setProperty("socketFactory", UnixSocketFactory.class.getName());
                source.setProperty("socketFactoryArg", hosts()[0] + "/.s.PGSQL." + ports()[0]);
            }
            var attributes = parameters.get("target_session_attrs");
            if (attributes != null) {
                source.setProperty("targetServerType", SERVER_TYPES.get(attributes));
            }
        } catch (SQLException e) {
            throw new LondisteException("connection parameters: " + e.getMessage(), e);
        }
        return source;
    }

    /** The parameters that tell databases apart, with the password masked. */
    @Override
    public String toString() {
        return "host=" + parameters.get("host") + " port=" + parameters.get("port") + " dbname=" + database() + " user="
                + user() + (parameters.containsKey("password") ? " password=***" : "");
    }
}
