package io.londiste.db;

import io.londiste.error.LondisteException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * The parameters of libpq's connection strings: the environment variable with the default, the values that libpq accepts,
 * those among them that the JDBC driver supports, and the name of the driver's property.
 *
 * <p>Parameters that have no meaning for the driver are accepted and ignored; they have no driver property.
 */
enum Parameter {
    HOST("PGHOST"),
    HOSTADDR("PGHOSTADDR"),
    PORT("PGPORT", "(\\d{0,5},?)*"),
    DBNAME("PGDATABASE"),
    USER("PGUSER"),
    PASSWORD("PGPASSWORD"),
    PASSFILE("PGPASSFILE"),
    SERVICE("PGSERVICE"),
    CONNECT_TIMEOUT("PGCONNECT_TIMEOUT", "-?\\d{1,6}"),
    APPLICATION_NAME("PGAPPNAME"),
    FALLBACK_APPLICATION_NAME(null),
    CLIENT_ENCODING("PGCLIENTENCODING"),
    OPTIONS("PGOPTIONS", null, null, "options"),
    TARGET_SESSION_ATTRS(
            "PGTARGETSESSIONATTRS",
            "any|read-write|read-only|primary|standby|prefer-standby",
            null,
            "targetServerType",
            Map.of(
                    "read-write",
                    "primary",
                    "read-only",
                    "secondary",
                    "standby",
                    "secondary",
                    "prefer-standby",
                    "preferSecondary")),
    LOAD_BALANCE_HOSTS(
            "PGLOADBALANCEHOSTS",
            "disable|random",
            null,
            "loadBalanceHosts",
            Map.of("disable", "false", "random", "true")),
    KEEPALIVES(null, "\\d+", null, "tcpKeepAlive", Map.of("0", "false", "1", "true")),
    KEEPALIVES_IDLE(null, "\\d+"),
    KEEPALIVES_INTERVAL(null, "\\d+"),
    KEEPALIVES_COUNT(null, "\\d+"),
    TCP_USER_TIMEOUT(null, "\\d+"),
    SSLMODE("PGSSLMODE", "disable|allow|prefer|require|verify-ca|verify-full", null, "sslmode"),
    SSLNEGOTIATION("PGSSLNEGOTIATION", "postgres|direct", null, "sslNegotiation"),
    SSLCERT("PGSSLCERT", null, null, "sslcert"),
    SSLKEY("PGSSLKEY", null, null, "sslkey"),
    SSLPASSWORD(null, null, null, "sslpassword"),
    SSLROOTCERT("PGSSLROOTCERT", null, null, "sslrootcert"),
    SSLCRL("PGSSLCRL", null, ""),
    SSLCRLDIR("PGSSLCRLDIR", null, ""),
    SSLCERTMODE("PGSSLCERTMODE", "disable|allow|require", "allow"),
    SSLCOMPRESSION("PGSSLCOMPRESSION", "0|1"),
    SSLSNI("PGSSLSNI", "0|1"),
    /** Java itself refuses versions before 1.2. */
    SSL_MIN_PROTOCOL_VERSION("PGSSLMINPROTOCOLVERSION", "(?i)TLSv1(\\.[123])?", "(?i)TLSv1(\\.[12])?"),
    SSL_MAX_PROTOCOL_VERSION("PGSSLMAXPROTOCOLVERSION", "(?i)TLSv1(\\.[123])?", "(?i)TLSv1\\.3"),
    CHANNEL_BINDING("PGCHANNELBINDING", "disable|prefer|require", null, "channelBinding"),
    REQUIRE_AUTH("PGREQUIREAUTH", null, null, "requireAuth"),
    REQUIREPEER("PGREQUIREPEER", null, ""),
    GSSENCMODE("PGGSSENCMODE", "disable|prefer|require", null, "gssEncMode"),
    KRBSRVNAME("PGKRBSRVNAME", null, null, "kerberosServerName"),
    GSSLIB("PGGSSLIB"),
    GSSDELEGATION("PGGSSDELEGATION", "0|1", "0"),
    MIN_PROTOCOL_VERSION("PGMINPROTOCOLVERSION", "3\\.[02]|latest", "3\\.0"),
    MAX_PROTOCOL_VERSION("PGMAXPROTOCOLVERSION", "3\\.[02]|latest"),
    REPLICATION(null, null, "0|no|off|false"),
    SCRAM_CLIENT_KEY(null, null, ""),
    SCRAM_SERVER_KEY(null, null, ""),
    SSLKEYLOGFILE(null, null, ""),
    OAUTH_ISSUER(null, null, ""),
    OAUTH_CLIENT_ID(null, null, ""),
    OAUTH_CLIENT_SECRET(null, null, ""),
    OAUTH_SCOPE(null, null, "");

    private final String variable;
    private final String values;
    private final String supported;
    private final String property;
    private final Map<String, String> translations;

    Parameter(String variable) {
        this(variable, null);
    }

    Parameter(String variable, String values) {
        this(variable, values, null);
    }

    Parameter(String variable, String values, String supported) {
        this(variable, values, supported, null);
    }

    Parameter(String variable, String values, String supported, String property) {
        this(variable, values, supported, property, Map.of());
    }

    Parameter(String variable, String values, String supported, String property, Map<String, String> translations) {
        this.variable = variable;
        this.values = values;
        this.supported = supported;
        this.property = property;
        this.translations = translations;
    }

    /** The name in connection strings. */
    String written() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The environment variable with the default; null if there is none. */
    String variable() {
        return variable;
    }

    /** The name of the driver's property; null if there is none. */
    String property() {
        return property;
    }

    /** The value for the driver's property. */
    String translated(String value) {
        return translations.getOrDefault(value, value);
    }

    /** Fails if there is no such parameter, the value is invalid, or the driver does not support it. */
    static void check(String name, String value) {
        var parameter = Arrays.stream(values())
                .filter(each -> each.written().equals(name))
                .findFirst()
                .orElseThrow(() -> new LondisteException("no such connection parameter: " + name));
        if (parameter.values != null && !value.matches(parameter.values)) {
            throw new LondisteException(
                    parameter.values.matches("[a-z0-9|-]+")
                            ? name + " cannot be " + value + "; it is one of " + parameter.values.replace("|", ", ")
                            : name + " cannot be " + value);
        }
        if (parameter.supported != null && !value.matches(parameter.supported)) {
            throw new LondisteException("the JDBC driver does not support " + name
                    + (parameter.values == null ? "" : "=" + value) + "; leave it out");
        }
    }
}
