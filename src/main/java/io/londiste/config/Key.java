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
            "Name of the job: of its log lines, its connections and, unless told otherwise, its consumer."),
    DB(
            In.NEITHER,
            In.REQUIRED,
            "Connection string of the database with the queues: key=value or postgresql://... as for psql."),
    PROVIDER_DB(
            In.REQUIRED, In.NEITHER, "Connection string of the provider: key=value or postgresql://... as for psql."),
    SUBSCRIBER_DB(In.REQUIRED, In.NEITHER, "Connection string of the subscriber."),
    PGQ_QUEUE_NAME(
            In.REQUIRED, In.NEITHER, "Queue on the provider that carries the changes; provider install creates it."),
    PGQ_CONSUMER_ID("%(job_name)s", In.NEITHER, "Name under which the replay reads the queue."),
    PIDFILE("", "", "File with the process id of the daemon; needed for -d, -r, -s and -k."),
    LOGFILE("", "", "Log file; a process in the foreground writes its messages to standard error as well."),
    LOG_SIZE(
            "10485760",
            "10485760",
            "Size at which the log file is rotated: bytes, or with K, M or G behind the number."),
    LOG_COUNT("3", "3", "Number of rotated log files that are kept."),
    LOOP_DELAY("1.0", "0.5", "Seconds between looks for work when there was none; a new tick wakes the replay sooner."),
    CONNECTION_LIFETIME("1200", "1200", "Seconds after which a connection is replaced by a new one."),
    LOCK_TIMEOUT(
            "10",
            "10",
            "Seconds that a command waits for a lock on a live table, or compare for the replay, before it gives up."),
    PGQ_LAZY_FETCH("0", In.NEITHER, "Number of events that are fetched at a time; 0 leaves it to the program."),
    PARALLEL_COPIES("2", In.NEITHER, "Number of tables that are copied at the same time."),
    EMBEDDED_TICKER(
            "0",
            In.NEITHER,
            "1 runs the ticker and the queue's maintenance inside the replay, so that no pgqadm is needed."),
    MAINT_DELAY("600", "300", "Seconds between rounds of maintenance: rotation, retries, vacuum."),
    MAINT_DELAY_MIN(In.NEITHER, "", "The same in minutes, from old files; goes before maint_delay."),
    TICKER_LOG_DELAY(In.NEITHER, "300", "Seconds between the ticker's log lines on how much it did."),
    COMPARE_SQL(
            "",
            In.NEITHER,
            "Query with which compare --count counts the rows of _TABLE_; empty: all rows, in partitions too."),
    COMPARE_EVERY(
            "0",
            In.NEITHER,
            "Seconds between comparisons of all tables by the replay, which logs what differs; 0: never."),
    ROUTES("", "", "Directory of route files that replace and add to the built-in ones."),
    CONSOLE(
            "",
            "",
            "Address at which the daemon serves its web console, as host:port; a port alone is one of 127.0.0.1; empty:"
                    + " none."),
    CONSOLE_USERS("", "", "File with the users of the console; empty: the INI file's name with .users behind it."),
    JMX(
            "",
            "",
            "Address at which JMX clients reach the daemon's MBeans, as host:port; a port alone is one of 127.0.0.1;"
                    + " empty: none."),
    JMX_PASSWORD_FILE("", "", "The JDK's password file for jmx, a role and its password a line; needed with jmx."),
    JMX_ACCESS_FILE("", "", "The JDK's access file for jmx, a role and readonly or readwrite a line; needed with jmx."),
    JMX_TLS("0", "0", "1 has jmx speak TLS, with the key store that the JVM's options name."),
    LAG_LIMIT(
            "60",
            In.NEITHER,
            "Seconds of lag from which on the replay's MBean notifies its listeners, and /health says that it is not ready."),
    METRICS(
            "",
            "",
            "Address at which the daemon serves /metrics and /health, to anybody who reaches it, as host:port; a port alone"
                    + " is one of 127.0.0.1; empty: none."),
    QUEUE_REFRESH_PERIOD(
            In.NEITHER, "30", "From old files, without effect: the ticker always knows its queues.", false),
    USE_SKYLOG("0", "0", "From old files, without effect: logfile is the log.", false),
    FAKE("0", In.NEITHER, "From old files, only 0: a replay that rolls back all it did is not offered.", false),
    METHOD("direct", In.NEITHER, "From old files, only direct: there is no other way to replay.", false),
    MIRROR_QUEUE("", In.NEITHER, "From old files, only empty: mirroring a queue is not offered.", false);

    /** Words for the columns above. */
    private static final class In {
        static final String NEITHER = "neither";
        static final String REQUIRED = "required";
    }

    private static final int CLOSE = 3;

    private final Map<Section, String> fallbacks = new EnumMap<>(Section.class);
    private final String meaning;
    private final boolean effective;

    Key(String job, String ticker, String meaning) {
        this(job, ticker, meaning, true);
    }

    Key(String job, String ticker, String meaning, boolean effective) {
        fallbacks.put(LONDISTE, job);
        fallbacks.put(PGQADM, ticker);
        fallbacks.values().removeIf(In.NEITHER::equals);
        this.meaning = meaning;
        this.effective = effective;
    }

    /** The key as it stands in the file. */
    public String written() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The default as it could stand in the file; empty for none. A key has one in the sections that lack it as well. */
    public String fallback(Section section) {
        var fallback =
                fallbacks.getOrDefault(section, fallbacks.values().iterator().next());
        return fallback.equals(In.REQUIRED) ? "" : fallback;
    }

    /** Whether there is no default. */
    public boolean required(Section section) {
        return In.REQUIRED.equals(fallbacks.get(section));
    }

    /** Whether it does anything, or is only accepted so that old files can be read. */
    public boolean effective() {
        return effective;
    }

    /** What the key is for, with its unit. */
    public String meaning() {
        return meaning;
    }

    /** The keys of a section, in the order in which they are best explained. */
    public static List<Key> of(Section section) {
        return Arrays.stream(values())
                .filter(key -> key.fallbacks.containsKey(section))
                .toList();
    }

    /** The key of that name, of whatever section. */
    static Optional<Key> named(String written) {
        return Arrays.stream(values())
                .filter(key -> key.written().equals(written))
                .findFirst();
    }

    /** The key of the section that was probably meant by a key that is not known. */
    static Optional<Key> nearest(Section section, String written) {
        return of(section).stream()
                .filter(key -> distance(key.written(), written) <= CLOSE)
                .min((a, b) -> distance(a.written(), written) - distance(b.written(), written));
    }

    /** How many letters have to be added, taken away or changed to make one word of the other. */
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
