package io.londiste.config;

import static io.londiste.config.Section.LONDISTE;
import static io.londiste.config.Section.PGQADM;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Every key of the INI files, with its default in each section, its meaning and its unit. */
public enum Key {
    JOB_NAME(
            "londiste",
            "pgqadm",
            "Name of the job in log lines and connections, and the default of its consumer name.",
            "Name of the ticker in log lines and connections."),
    DB(
            In.NEITHER,
            In.REQUIRED,
            "Connection string of the database with the queues: key=value or postgresql://..., as for psql."),
    DB_FILE(
            In.NEITHER,
            "",
            "File whose first line is the connection string, instead of db: for secrets of Kubernetes, Docker and systemd. A"
                    + " relative name is relative to the INI file's directory."),
    PROVIDER_DB(
            In.REQUIRED, In.NEITHER, "Connection string of the provider: key=value or postgresql://..., as for psql."),
    PROVIDER_DB_FILE(
            "",
            In.NEITHER,
            "File whose first line is the provider's connection string, instead of provider_db: for secrets of Kubernetes,"
                    + " Docker and systemd. A relative name is relative to the INI file's directory."),
    SUBSCRIBER_DB(In.REQUIRED, In.NEITHER, "Connection string of the subscriber."),
    SUBSCRIBER_DB_FILE("", In.NEITHER, "The same for the subscriber, instead of subscriber_db."),
    PGQ_QUEUE_NAME(In.REQUIRED, In.NEITHER, "Queue on the provider for the changes; provider install creates it."),
    PGQ_CONSUMER_ID("%(job_name)s", In.NEITHER, "Name of the replay's consumer on the queue."),
    PIDFILE("", "", "File for the process id of the daemon; required for -d, -r, -s and -k."),
    LOGFILE("", "", "Log file; a process in the foreground also logs to standard error."),
    LOG_FORMAT(
            "text",
            "text",
            "Format of the daemon's log, in logfile and on standard error: text, or json for one JSON object per line."),
    LOG_SIZE("10485760", "10485760", "Size at which the log file is rotated, in bytes, or with the suffix K, M or G."),
    LOG_COUNT("3", "3", "Number of rotated log files to keep."),
    LOOP_DELAY(
            "1.0",
            "0.5",
            "Seconds between polls when there is no work; a new tick wakes the replay sooner.",
            "Longest time between two polls of the queues while they are quiet, in seconds; the first change wakes the"
                    + " ticker sooner. 5 ms while there are changes."),
    CONNECTION_LIFETIME("1200", "1200", "Seconds after which a connection is replaced by a new one."),
    LOCK_TIMEOUT(
            "10",
            "10",
            "Seconds that a command waits for a lock on a live table, and compare for the replay, before it fails.",
            "Seconds that a command waits for a lock before it fails."),
    PGQ_LAZY_FETCH("0", In.NEITHER, "Number of events to fetch at a time; 0 uses the program's default."),
    PARALLEL_COPIES("2", In.NEITHER, "Number of tables that are copied at the same time."),
    EMBEDDED_TICKER(
            "0", In.NEITHER, "1 runs the ticker and queue maintenance inside the replay, so that no pgqadm is needed."),
    MAINT_DELAY(
            "600",
            "300",
            "Seconds between runs of queue maintenance, such as rotation and vacuum; retries run every 30 seconds, or every"
                    + " maint_delay if that is less."),
    MAINT_DELAY_MIN(In.NEITHER, "", "The same in minutes, for old files; takes precedence over maint_delay."),
    TICKER_LOG_DELAY(In.NEITHER, "300", "Seconds between the ticker's log lines with the number of ticks."),
    COMPARE_SQL(
            "",
            In.NEITHER,
            "Query with which compare --count counts the rows of _TABLE_; empty: all rows, including partitions."),
    COMPARE_EVERY(
            "0",
            In.NEITHER,
            "Seconds between comparisons of all tables by the replay; 0: never. 86400 is recommended: a comparison finds"
                    + " what nothing else can, and its result is in the log, /health and the metrics. It reads every row"
                    + " on both servers, with one scan at a time on each."),
    ROUTES(
            "",
            "",
            "Directory of route files that replace built-in ones or are added to them. Keys that begin with route. are"
                    + " placeholders in these files."),
    LIB("", "", "Directory of jars with Camel components and beans for route files of your own."),
    CONSOLE(
            "",
            "",
            "Address at which the daemon serves its web console, as host:port; a port alone means 127.0.0.1; empty:"
                    + " none."),
    CONSOLE_USERS("", "", "File with the users of the console; empty: the INI file's name with .users appended."),
    CONSOLES(
            "",
            "",
            "Consoles of other replays and tickers, to which the console links, separated by commas: addresses as for console,"
                    + " or http://... and https://..."),
    JMX(
            "",
            "",
            "Address at which JMX clients reach the daemon's MBeans, as host:port; a port alone means 127.0.0.1;"
                    + " empty: none."),
    JMX_PASSWORD_FILE(
            "", "", "Password file for jmx in the JDK's format, one role and password per line; required with jmx."),
    JMX_ACCESS_FILE(
            "",
            "",
            "Access file for jmx in the JDK's format, one role and readonly or readwrite per line; required with jmx."),
    JMX_TLS("0", "0", "1 uses TLS for jmx, with the key store from the JVM's options."),
    LAG_LIMIT(
            "60",
            In.NEITHER,
            "Seconds of lag above which the replay's MBean notifies its listeners and /health reports not ready."),
    METRICS(
            "",
            "",
            "Address at which the daemon serves /metrics and /health, without authentication, as host:port; a port alone"
                    + " means 127.0.0.1; empty: none."),
    QUEUE_REFRESH_PERIOD(In.NEITHER, "30", "For old files, without effect: the ticker always knows its queues.", false),
    USE_SKYLOG("0", "0", "For old files, without effect: the log is logfile.", false),
    FAKE("0", In.NEITHER, "For old files, only 0: a replay that rolls back its changes is not supported.", false),
    METHOD("direct", In.NEITHER, "For old files, only direct: other methods of replay are not supported.", false),
    MIRROR_QUEUE("", In.NEITHER, "For old files, only empty: mirroring a queue is not supported.", false);

    /** Special values in the columns above. */
    private static final class In {
        static final String NEITHER = "neither";
        static final String REQUIRED = "required";
    }

    /** What the names of environment variables begin with. */
    static final String VARIABLES = "LONDISTE_";

    private static final int MAX_DISTANCE = 3;

    private final Map<Section, String> fallbacks = new EnumMap<>(Section.class);
    private final Map<Section, String> meanings = new EnumMap<>(Section.class);
    private final boolean effective;

    Key(String job, String ticker, String meaning) {
        this(job, ticker, meaning, true);
    }

    Key(String job, String ticker, String meaning, boolean effective) {
        this(job, ticker, meaning, meaning, effective);
    }

    Key(String job, String ticker, String jobMeaning, String tickerMeaning) {
        this(job, ticker, jobMeaning, tickerMeaning, true);
    }

    Key(String job, String ticker, String jobMeaning, String tickerMeaning, boolean effective) {
        fallbacks.put(LONDISTE, job);
        fallbacks.put(PGQADM, ticker);
        fallbacks.values().removeIf(In.NEITHER::equals);
        meanings.put(LONDISTE, jobMeaning);
        meanings.put(PGQADM, tickerMeaning);
        this.effective = effective;
    }

    /** The key as it is written in the file. */
    public String written() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The environment variable whose value replaces the one in the file. */
    public String variable() {
        return VARIABLES + name();
    }

    /** The key of a file that has the value of this key, if there is one: that of a connection string, which may be secret. */
    Optional<Key> ofFile() {
        return named(written() + "_file");
    }

    /**
     * The default as it would be written in the file; empty if there is none. In a section without the key it is that of
     * the other section.
     */
    public String fallback(Section section) {
        var fallback =
                fallbacks.getOrDefault(section, fallbacks.values().iterator().next());
        return fallback.equals(In.REQUIRED) ? "" : fallback;
    }

    /** Whether the key has no default and must be set. */
    public boolean required(Section section) {
        return In.REQUIRED.equals(fallbacks.get(section));
    }

    /** Whether the key has an effect; otherwise it is only accepted so that old files can be read. */
    public boolean effective() {
        return effective;
    }

    /** What the key means in a section, with its unit, for users. */
    public String meaning(Section section) {
        return meanings.get(section);
    }

    /** The keys of a section, in the order for documentation. */
    public static List<Key> of(Section section) {
        return Arrays.stream(values())
                .filter(key -> key.fallbacks.containsKey(section))
                .toList();
    }

    /** The key of that name, from any section. */
    static Optional<Key> named(String written) {
        return Arrays.stream(values())
                .filter(key -> key.written().equals(written))
                .findFirst();
    }

    /** The key of the section that is most similar to an unknown key; empty if none is similar enough. */
    static Optional<Key> nearest(Section section, String written) {
        return of(section).stream()
                .filter(key -> distance(key.written(), written) <= MAX_DISTANCE)
                .min((a, b) -> distance(a.written(), written) - distance(b.written(), written));
    }

    /** The edit distance of two words: how many letters to add, remove or change. */
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
