package io.londiste.config;

import io.londiste.db.Dsn;
import io.londiste.error.LondisteException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of one INI file, completed with defaults.
 *
 * <p>Connections and queue are required only when they are used, so that a file with one side is enough for the commands
 * of that side: their accessors throw a {@link LondisteException} that names the missing key. Files and addresses whose
 * key is not set are null. Addresses are not resolved.
 *
 * @param ofRoutes the keys of the operator's own, which begin with {@code route.}, with their values: for placeholders in route files
 * @param origins where values are that are not in the file, for messages, by key
 */
public record Settings(
        Path file,
        Section section,
        String jobName,
        Dsn providerDb,
        Dsn subscriberDb,
        Dsn db,
        String queueName,
        String consumerId,
        Path pidfile,
        Path logfile,
        LogFormat logFormat,
        long logSize,
        int logCount,
        Duration loopDelay,
        Duration connectionLifetime,
        Duration lockTimeout,
        int lazyFetch,
        int parallelCopies,
        boolean embeddedTicker,
        Duration maintDelay,
        Duration tickerLogDelay,
        String compareSql,
        Duration compareEvery,
        Path routesDir,
        Path lib,
        InetSocketAddress console,
        Path consoleUsers,
        List<URI> consoles,
        Jmx jmx,
        Duration lagLimit,
        InetSocketAddress metrics,
        Map<String, String> ofRoutes,
        Map<String, String> origins) {
    /** Keys with this prefix are the operator's own: placeholders in route files. */
    private static final String OF_ROUTES = "route.";

    private static final Logger LOG = LoggerFactory.getLogger(Settings.class);

    /**
     * Reads a section of a file, and the environment variables that have precedence. Unknown keys are logged as warnings, with
     * the most similar known key; so are files with passwords that other users may read.
     *
     * @throws LondisteException if the file or a value in it is invalid; the message names file and key
     */
    public static Settings load(Path file, Section section) {
        return load(file, section, System.getenv());
    }

    static Settings load(Path file, Section section, Map<String, String> environment) {
        var ini = Ini.read(file, section.written(), builtIn(section));
        return of(file, section, new Overrides(file, section, environment).in(ini));
    }

    /** Makes settings from keys and values, for jobs without an INI file. */
    public static Settings of(Section section, Map<String, String> values) {
        var file = Path.of("(built in)");
        return of(file, section, new Ini(file, section.written(), values, builtIn(section)));
    }

    private static Settings of(Path file, Section section, Ini ini) {
        var values = new Values(ini, section);
        warnOfUnknown(file, section, ini);
        Stream.of(Key.FAKE, Key.METHOD, Key.MIRROR_QUEUE).forEach(values::requireDefault);
        return new Settings(
                file,
                section,
                values.text(Key.JOB_NAME),
                values.dsn(Key.PROVIDER_DB),
                values.dsn(Key.SUBSCRIBER_DB),
                values.dsn(Key.DB),
                values.text(Key.PGQ_QUEUE_NAME),
                values.text(Key.PGQ_CONSUMER_ID),
                values.path(Key.PIDFILE),
                values.path(Key.LOGFILE),
                values.choice(Key.LOG_FORMAT, LogFormat.class),
                values.size(Key.LOG_SIZE),
                values.number(Key.LOG_COUNT, 0),
                values.seconds(Key.LOOP_DELAY),
                values.seconds(Key.CONNECTION_LIFETIME),
                values.seconds(Key.LOCK_TIMEOUT),
                values.number(Key.PGQ_LAZY_FETCH, 0),
                values.number(Key.PARALLEL_COPIES, 1),
                values.flag(Key.EMBEDDED_TICKER),
                values.has(Key.MAINT_DELAY_MIN)
                        ? values.seconds(Key.MAINT_DELAY_MIN).multipliedBy(60)
                        : values.seconds(Key.MAINT_DELAY),
                values.seconds(Key.TICKER_LOG_DELAY),
                values.text(Key.COMPARE_SQL),
                values.seconds(Key.COMPARE_EVERY),
                values.path(Key.ROUTES),
                values.path(Key.LIB),
                values.address(Key.CONSOLE),
                values.path(Key.CONSOLE_USERS),
                values.pages(Key.CONSOLES),
                jmx(values),
                values.seconds(Key.LAG_LIMIT),
                values.address(Key.METRICS),
                ofRoutes(ini),
                ini.origins());
    }

    private static Map<String, String> ofRoutes(Ini ini) {
        return ini.keys().stream()
                .filter(key -> key.startsWith(OF_ROUTES))
                .collect(Collectors.toUnmodifiableMap(
                        key -> key, key -> ini.get(key).orElse("")));
    }

    private static Jmx jmx(Values values) {
        return new Jmx(
                values.address(Key.JMX),
                values.path(Key.JMX_PASSWORD_FILE),
                values.path(Key.JMX_ACCESS_FILE),
                values.flag(Key.JMX_TLS));
    }

    private static void warnOfUnknown(Path file, Section section, Ini ini) {
        var known = Key.of(section);
        for (var name : ini.settings()) {
            if (name.startsWith(OF_ROUTES)) {
                continue;
            }
            var key = Key.named(name);
            if (key.isEmpty()) {
                var near = Key.nearest(section, name).map(each -> "; did you mean " + each.written() + "?");
                LOG.warn("{}: [{}] {}: no such key{}", file, section.written(), name, near.orElse(""));
            } else if (!known.contains(key.get())) {
                var other = Section.values()[1 - section.ordinal()].written();
                LOG.warn("{}: [{}] {}: has no effect here; it is a key of [{}]", file, section.written(), name, other);
            } else if (!key.get().effective()) {
                LOG.debug(
                        "{}: [{}] {}: {}",
                        file,
                        section.written(),
                        name,
                        key.get().meaning(section));
            }
        }
    }

    private static Map<String, String> builtIn(Section section) {
        var jobName = Key.JOB_NAME.fallback(section);
        return Map.of("job_name", jobName, "service_name", section.written(), "host_name", hostName());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    @Override
    public Dsn providerDb() {
        return required(Key.PROVIDER_DB, providerDb);
    }

    @Override
    public Dsn subscriberDb() {
        return required(Key.SUBSCRIBER_DB, subscriberDb);
    }

    @Override
    public Dsn db() {
        return required(Key.DB, db);
    }

    @Override
    public String queueName() {
        return required(Key.PGQ_QUEUE_NAME, queueName);
    }

    /** Where the value of a key is set, for messages. */
    String where(Key key) {
        return origins.getOrDefault(key.written(), key.written() + " in " + file);
    }

    /** The file with the console's users; by default it is in the directory of the INI file. */
    public Path consoleUsersFile() {
        return consoleUsers != null ? consoleUsers : file.resolveSibling(file.getFileName() + ".users");
    }

    /** Whether operators can control the daemon over JMX or the console, and solve there what keeps it from starting. */
    public boolean isRemotelyOperable() {
        return jmx.isOn() || console != null;
    }

    private <T> T required(Key key, T value) {
        if (value == null) {
            throw new LondisteException(file + ": [" + section.written() + "] " + key.written() + ": has to be set ("
                    + key.meaning(section) + ")");
        }
        return value;
    }

    /** The same settings with another directory of route files. */
    public Settings withRoutesDir(Path directory) {
        return new Settings(
                file,
                section,
                jobName,
                providerDb,
                subscriberDb,
                db,
                queueName,
                consumerId,
                pidfile,
                logfile,
                logFormat,
                logSize,
                logCount,
                loopDelay,
                connectionLifetime,
                lockTimeout,
                lazyFetch,
                parallelCopies,
                embeddedTicker,
                maintDelay,
                tickerLogDelay,
                compareSql,
                compareEvery,
                directory,
                lib,
                console,
                consoleUsers,
                consoles,
                jmx,
                lagLimit,
                metrics,
                ofRoutes,
                origins);
    }
}
